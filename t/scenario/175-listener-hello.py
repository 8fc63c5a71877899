"""ClientHellos that come in odd pieces to the listener that speaks TLS, and
to TLS within that TLS: single bytes, many records, the size that keys of the
day after tomorrow have; each answered like any other. What is larger than a
ClientHello may be is refused, and what is slow is ended."""
# timeout: 120
import os
import socket
import ssl
import time

from lib import scenario
from lib.badpki import BadPki
from lib.expect import holds, within
from lib.process import free_port

RULES = """listen on 127.0.0.1 port %d tls certificate "%s" key "%s"
decrypt all
timeout handshake 3s
allow to any"""
# as long as the shares of a hybrid key exchange make it, and more
LARGE = ["http/1.1"] + ["a-protocol-nobody-speaks-%04d" % i
                        for i in range(400)]


class Shaker:
    """One side of TLS whose bytes somebody else carries."""

    def __init__(self, ca, name, protocols=()):
        context = ssl.create_default_context(cafile=ca)
        if protocols:
            context.set_alpn_protocols(list(protocols))
        self.into, self.out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.into, self.out,
                                    server_hostname=name)

    def hello(self):
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        return self.out.read()

    def step(self, call, wire):
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                wire.sendall(self.out.read())
                data = wire.recv(65536)
                if not data:
                    raise EOFError(b"") from None
                self.into.write(data)

    def sendall(self, data):
        self.tls.write(data)
        self.wire.sendall(self.out.read())

    def recv(self, count):
        return self.step(lambda: self.tls.read(count), self.wire)

    def over(self, wire):
        self.wire = wire
        self.step(self.tls.do_handshake, wire)
        wire.sendall(self.out.read())
        return self


def records(hello, size):
    """The same handshake message in records of at most `size` bytes."""
    body, out = b"", []
    while hello:
        n = int.from_bytes(hello[3:5], "big")
        body, hello = body + hello[5:5 + n], hello[5 + n:]
    for at in range(0, len(body), size):
        part = body[at:at + size]
        out.append(b"\x16\x03\x01" + len(part).to_bytes(2, "big") + part)
    return out


def whole(hello):
    return [hello]


def singly(hello):
    return [hello[i:i + 1] for i in range(len(hello))]


with scenario.prepare() as s:
    pki = BadPki(s.pki)
    cert = pki.server("listener", san="DNS:proxy.test,IP:127.0.0.1")
    os.chmod(cert[1], 0o640)
    port = free_port()
    s.configure(RULES % (port, *cert)).start()
    origin = s.origin(tls="good")
    target = origin.named("www.test")
    login = s.client().login

    def dial():
        sock = socket.create_connection(("127.0.0.1", port), 10)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def shake(wire, ca, name, cut, protocols=()):
        it = Shaker(ca, name, protocols)
        for part in cut(it.hello()):
            wire.sendall(part)
        return it.over(wire)

    def until_head(wire):
        got = b""
        while b"\r\n\r\n" not in got:
            data = wire.recv(65536)
            if not data:
                raise EOFError(got)
            got += data
        return got

    for name, cut, protocols in (
            ("whole", whole, ()), ("single bytes", singly, ()),
            ("records of 1", lambda h: records(h, 1), ()),
            ("records of 60", lambda h: records(h, 60), ()),
            ("12 KB", whole, LARGE),
            ("12 KB in records of 700", lambda h: records(h, 700), LARGE)):
        with s.case(name + ", the outer and the inner one"):
            with dial() as sock:
                outer = shake(sock, pki.ca, "proxy.test", cut, protocols)
                outer.sendall(("CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (
                    target, target, login)).encode())
                within(b" 200 ", until_head(outer), "CONNECT")
                inner = shake(outer, s.proxy.ca, "www.test", cut, protocols)
                inner.sendall(b"GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
                              % target.encode())
                within(b" 200 OK", until_head(inner), "the answer")

    def ended(sock, seconds, send=None):
        began = time.monotonic()
        sock.settimeout(0.2)
        while time.monotonic() - began < seconds:
            try:
                if send:
                    sock.sendall(send())
                if sock.recv(65536)[:1] in (b"", b"\x15"):
                    return True
            except TimeoutError:
                continue
            except OSError:
                return True
        return False

    with s.case("larger than a ClientHello may be"):
        with dial() as sock:
            # a message of 16 MB, which nobody waits for
            sock.sendall(b"\x16\x03\x01\x40\x00\x01\xff\xff\xfb\x03\x03"
                         + b"a" * 16378)
            holds(ended(sock, 2), "it goes on reading")
    with s.case("slow, byte by byte"):
        with dial() as sock:
            hello = iter(Shaker(pki.ca, "proxy.test").hello())
            holds(ended(sock, 7, lambda: bytes([next(hello)])),
                  "it may go on for as long as it likes")
    with s.case("the next is served"):
        with dial() as sock:
            outer = shake(sock, pki.ca, "proxy.test", whole)
            outer.sendall(b"GET /proxy.pac HTTP/1.1\r\n"
                          b"Host: proxy.test:%d\r\n\r\n" % port)
            within(b" 200 OK", until_head(outer), "PAC")
