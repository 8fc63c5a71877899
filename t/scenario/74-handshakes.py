"""Handshakes at their edges: ClientHellos in single bytes and in many records,
large ones, slow ones, clients and origins that stall, too many at once, names
that are missing or odd."""
# timeout: 120
import socket
import ssl
import time

from lib import scenario
from lib.expect import holds, same, within
from lib.process import wait_until

RULES = """decrypt all
timeout handshake 2s
limit handshakes 16
allow to any"""


def hello_of(client, name, protocols=()):
    """(SSL object, its buffers, the bytes of its ClientHello)"""
    context = ssl.create_default_context(cafile=client.ca)
    if name is None:
        context.check_hostname = False
    if protocols:
        context.set_alpn_protocols(list(protocols))
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(into, out, server_hostname=name)
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return tls, into, out, out.read()


def records(hello, size):
    """The same handshake message in records of at most `size` bytes."""
    body, out = b"", b""
    while hello:
        n = int.from_bytes(hello[3:5], "big")
        body, hello = body + hello[5:5 + n], hello[5 + n:]
    for at in range(0, len(body), size):
        part = body[at:at + size]
        out += b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part
    return out


def finish(client, tls, into, out):
    """The rest of the handshake, and one request."""
    def step(call):
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                client.sock.sendall(out.read())
                data = client.sock.recv(65536)
                if not data:
                    raise EOFError(b"") from None
                into.write(data)
    step(tls.do_handshake)
    tls.write(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
              % client.target.encode())
    client.sock.sendall(out.read())
    return step(lambda: tls.read(1000))


with scenario.start(RULES) as s:
    origin = s.origin(tls="good")
    target = origin.named("www.test")

    def open_one(where=target):
        client = s.client()
        client.target = where
        same(client.connect(where).status, 200, "CONNECT")
        return client

    def shake(send, name="www.test", protocols=(), where=target):
        client = open_one(where)
        tls, into, out, hello = hello_of(client, name, protocols)
        send(client.sock, hello)
        within(b"200 OK", finish(client, tls, into, out), "the answer")
        return tls

    def whole(sock, data):
        sock.sendall(data)

    def singly(sock, data):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for i in range(len(data)):
            sock.sendall(data[i:i + 1])

    def in_records(size, pause=0.0):
        def send(sock, data):
            for at in range(0, len(records(data, size)), size + 5):
                sock.sendall(records(data, size)[at:at + size + 5])
                time.sleep(pause)
        return send

    many = ["http/1.1"] + ["a-protocol-nobody-speaks-%04d" % i
                           for i in range(400)]
    for name, send, protocols in (
            ("single bytes", singly, ()),
            ("records of 60", in_records(60), ()),
            ("records of 60, one a packet", in_records(60, 0.01), ()),
            ("12 KB, as with keys of the day after", whole, many),
            ("12 KB in records of 1000", in_records(1000), many)):
        with s.case(name):
            shake(send, protocols=protocols)
    with s.case("no name"):
        client = open_one(origin.named("www.test"))
        tls, into, out, hello = hello_of(client, None)
        client.sock.sendall(hello)
        within(b"200 OK", finish(client, tls, into, out), "the answer")
        within(("DNS", "www.test"), tls.getpeercert()["subjectAltName"],
               "CONNECT's name in the certificate")
    with s.case("a name that is none"):
        client = open_one()
        tls, into, out, hello = hello_of(client, "www.test")
        bad = hello.replace(b"www.test", b"ww\x00.test")
        client.sock.sendall(bad)
        client.sock.settimeout(5)
        holds(client.sock.recv(5)[:1] in (b"\x15", b"\x16", b""),
              "neither a handshake nor an alert")

    def closed_within(sock, seconds, send=None):
        """The proxy ends it, whatever we go on sending."""
        began = time.monotonic()
        sock.settimeout(0.2)
        while time.monotonic() - began < seconds:
            try:
                if send:
                    sock.sendall(send())
                data = sock.recv(65536)
                if data[:1] == b"\x15" or not data:
                    return True
            except TimeoutError:
                continue
            except OSError:
                return True
        return False

    with s.case("slow, byte by byte"):
        client = open_one()
        hello = iter(hello_of(client, "www.test")[3])
        client.sock.sendall(bytes([next(hello)]))
        holds(closed_within(client.sock, 6, lambda: bytes([next(hello)])),
              "it may go on for as long as it likes")
    with s.case("nothing after the ServerHello"):
        client = open_one()
        client.sock.sendall(hello_of(client, "www.test")[3])
        same(client.sock.recv(1), b"\x16", "the ServerHello")
        holds(closed_within(client.sock, 6), "it waits for ever")
    def is_over(client):
        client.sock.setblocking(False)
        try:
            return client.sock.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    with s.case("too many at once"):
        # none of them ends by itself meanwhile
        s.proxy.configure(RULES.replace("handshake 2s", "handshake 60s"))
        s.proxy.reload()
        clients = [open_one() for _ in range(20)]
        for client in clients:
            client.sock.sendall(hello_of(client, "www.test")[3][:50])
        wait_until(lambda: sum(map(is_over, clients)) >= 4, 10, "the end")
        s.proxy.settle()
        same(sum(map(is_over, clients)), 4, "beyond sixteen")
        for client in clients:
            client.close()
        s.proxy.configure(RULES)
        s.proxy.reload()
    with s.case("the next is served"):
        wait_until(lambda: '"handshakes":0' in s.proxy.status("--json"), 10,
                   "they are gone")
        shake(whole)
    with s.case("an origin that stalls after the ServerHello"):
        def stall(conn):
            conn.sock.recv(1000)
            conn.send(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03")
            conn.exactly(1 << 20)
        stalled = s.origin(serve=stall)
        client = s.client()
        client.secure(stalled.named("www.test"))
        same(client.get("/").status, 504, "status")
