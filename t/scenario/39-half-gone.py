"""Peers that vanish: a client that leaves frees what it held, an origin that
resets is told as such, and the proxy serves on."""
import socket
import threading
from lib import scenario
from lib.expect import holds, same
from lib.process import wait_until

gone = threading.Event()


def endless(conn):
    """Writes until the other side is gone."""
    conn.until(b"\r\n\r\n")
    conn.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    try:
        while True:
            conn.send(b"1000\r\n" + b"x" * 4096 + b"\r\n")
    except OSError:
        gone.set()


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        gone.clear()
        origin = s.origin(serve=endless, tls=tls)
        client = s.client()
        if tls:
            client.secure(origin.named("www.test"))
        client.request("GET", "/" if tls else "http://%s/" % origin.at)
        client.exactly(100000)
        # in the middle, with a reset
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                               b"\1\0\0\0\0\0\0\0")
        client.close()
        holds(gone.wait(10), "the origin's connection stayed open")

    reset = s.origin(serve=lambda conn: (conn.until(b"\r\n\r\n"),
                                         conn.reset()))
    same(s.client().get("http://%s/" % reset.at).status, 502, "reset")

    # a hundred half-open and half-said connections leave nothing behind
    half = ["", "GET", "GET http://x/ HTTP/1.1\r\nHost: x\r\n",
            "CONNECT www.test:443 HTTP/1.1\r\nHost: www.test\r\n"]
    for n in range(100):
        client = s.client()
        client.send(half[n % len(half)])
        client.close()
    good = s.origin()
    same(s.client().get("http://%s/" % good.at).status, 200, "serves on")
    wait_until(lambda: s.proxy.status("--connections").count("127.0.0.1")
               < 12, 10, "connections are freed")
