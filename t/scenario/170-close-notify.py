"""Ends that are no ends. What an origin breaks off is never whole to the
client: inside TLS there is no close_notify, and where nothing in the bytes
would tell, it ends with a reset. And what a client breaks off never reaches the
origin as a whole request."""
import socket
import ssl
import threading

from lib import scenario
from lib.expect import holds, same, within
from lib.process import wait_until

HALF = {
    "length": "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
    "chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
               "4\r\nhalf\r\n",
    "close": "HTTP/1.1 200 OK\r\n\r\nhalf",
}
# what a reset could overtake is where it should be
arrived = threading.Event()


def answers(conn):
    """/KIND/END: half an answer of a kind, ended in one way."""
    _, kind, end = conn.until(b"\r\n\r\n").split(b" ")[1].decode().split("/")
    conn.send(HALF[kind])
    if end == "notify":
        conn.sock.unwrap()
    elif end == "reset":
        arrived.wait(15)  # else it would overtake the answer
        conn.reset()
    # else a FIN alone


def end_of(sock):
    """(what came, how it ended)"""
    got = b""
    try:
        while data := sock.recv(65536):
            got += data
            if b"half" in got:
                arrived.set()
    except ConnectionResetError:
        return got, "reset"
    except ssl.SSLError as error:
        within("EOF", str(error), "how it ends")
        return got, "cut"
    return got, "end"


with scenario.start("decrypt all\nallow to any") as s:
    secure = s.origin(serve=answers, tls="good")
    plain = s.origin(serve=answers)

    def ask(origin, path, version):
        arrived.clear()
        client = s.client()
        start = "http://" + origin.at
        if origin is secure:
            client.secure(origin.named("www.test"), strict=True)
            start = ""
        client.send("GET %s/%s HTTP/%s\r\nHost: %s\r\n%s"
                    "Connection: close\r\n\r\n" % (
                        start, path, version, client.inside or origin.at,
                        "" if client.inside else client.login))
        return end_of(client.sock)

    # in the clear a length or a missing last chunk tells a 1.1 client, and
    # nothing marks what ends with the connection: that is an end
    for origin, path, version, want in (
            *((secure, kind + "/" + end, version, "cut")
              for kind in ("length", "chunked")
              for end in ("fin", "notify", "reset")
              for version in ("1.1", "1.0")),
            *((secure, "close/" + end, version, "cut")
              for end in ("fin", "reset") for version in ("1.1", "1.0")),
            (secure, "close/notify", "1.1", "end"),
            (secure, "close/notify", "1.0", "end"),
            (plain, "length/fin", "1.1", "end"),
            (plain, "length/fin", "1.0", "end"),
            (plain, "chunked/fin", "1.1", "end"),
            (plain, "chunked/fin", "1.0", "reset"),
            (plain, "close/fin", "1.1", "end"),
            (plain, "close/fin", "1.0", "end"),
            (plain, "close/reset", "1.0", "reset")):
        name = "%s, %s, HTTP/%s" % (
            "TLS" if origin is secure else "in the clear", path, version)
        with s.case(name):
            got, end = ask(origin, path, version)
            within(b"half", got, "what there was")
            same(end, want, "the end")
            if want == "end" and path.startswith("close") \
                    and version == "1.1":
                within(b"\r\n0\r\n\r\n", got, "the last chunk")
    with s.case("curl, which lets TLS end without close_notify"):
        done = s.curl("--http1.0", "--no-alpn", "https://%s/chunked/fin"
                      % secure.named("www.test"))
        same(done.exit, 56, done.errors)
        done = s.curl("--http1.0", "http://%s/chunked/fin" % plain.at)
        same(done.exit, 56, done.errors)
    with s.case("the record says so"):
        s.record(path="/chunked/fin", reason="origin-closed", status=200)

    # the other way: what a client breaks off
    whole = []

    def takes(conn):
        conn.buffer = conn.until(b"half") + conn.buffer
        arrived.set()
        whole.append(conn.message().start)
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    for tls in ("good", None):
        keeps = s.origin(serve=takes, tls=tls)
        for name, ended in (("close_notify", lambda c: c.sock.unwrap()),
                            ("a FIN", lambda c: c.half_close()),
                            ("a reset", lambda c: c.sock.setsockopt(
                                socket.SOL_SOCKET, socket.SO_LINGER,
                                b"\1\0\0\0\0\0\0\0"))):
            if not tls and name == "close_notify":
                continue
            for framing, body in (
                    ("Content-Length: 100\r\n", "half"),
                    ("Transfer-Encoding: chunked\r\n", "4\r\nhalf\r\n")):
                with s.case("%s ends %s%s" % (
                        name, framing.strip(), tls and " in TLS" or "")):
                    arrived.clear()
                    client = s.client()
                    url = "http://" + keeps.at
                    if tls:
                        client.secure(keeps.named("www.test"))
                        url = ""
                    client.send("POST %s/upload HTTP/1.1\r\nHost: %s\r\n%s%s"
                                "\r\n%s" % (
                                    url, client.inside or keeps.at,
                                    "" if tls else client.login, framing,
                                    body))
                    holds(arrived.wait(15), "half comes to the origin")
                    try:
                        ended(client)
                    except (OSError, ssl.SSLError):
                        pass
                    client.close()
    wait_until(lambda: s.proxy.records.count(path="/upload",
                                             reason="client-closed") == 10,
               5, "a record of each")
    same(whole, [], "whole requests")
    # and all goes on
    same(s.client().get("http://%s/" % s.origin().at).status, 200, "after")
