"""A client that asks and asks and never reads, and an origin that never
comes to the point, cost the worker no more memory than others do."""
import socket
import time

from lib import scenario
from lib.expect import holds
from lib.process import rss_of

MOST = (64 if scenario.sanitized() else 24) << 20  # what it may grow by
EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </%s>\r\n\r\n" % (b"x" * 30000)


def push(sock, data, times):
    """Sends until all is sent or the proxy takes no more."""
    sock.settimeout(3)
    try:
        for _ in range(times):
            sock.sendall(data)
    except (TimeoutError, ConnectionError):
        pass
    time.sleep(0.5)


def endless(conn):
    conn.message()
    push(conn.sock, EARLY, 4000)
    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


with scenario.start("allow to any") as s:
    worker = s.proxy.pids("proxy")[0]
    at = "127.0.0.1:%d" % s.proxy.port
    before = rss_of(worker)
    with s.case("pipelined requests for our own page"):
        client = s.client(None)
        ask = "GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % at
        push(client.sock, ask.encode() * 100, 200)
        grown = rss_of(worker) - before
        holds(grown < MOST, "grew by %d KB" % (grown >> 10))
        # and who reads in the end gets them all
        client.sock.settimeout(10)
        for _ in range(300):
            holds(client.reply().status == 200, "an answer")
        client.close()
    with s.case("pipelined requests that are refused"):
        client = s.client(None)
        ask = "GET http://www.test/ HTTP/1.1\r\nHost: www.test\r\n\r\n"
        push(client.sock, ask.encode() * 100, 200)
        grown = rss_of(worker) - before
        holds(grown < MOST, "grew by %d KB" % (grown >> 10))
        client.close()
    for reads in (False, True):
        with s.case("interim answers without end, %s" % reads):
            origin = s.origin(serve=endless)
            client = s.client()
            client.request("GET", "http://%s/" % origin.at)
            end = time.monotonic() + 4
            client.sock.settimeout(1)
            while time.monotonic() < end:
                if not reads:
                    time.sleep(0.2)
                    continue
                try:
                    if not client.sock.recv(1 << 20):
                        break
                except (socket.timeout, ConnectionError):
                    break
            grown = rss_of(worker) - before
            holds(grown < MOST, "grew by %d KB" % (grown >> 10))
            client.close()
