"""What comes inside a CONNECT that would be decrypted: TLS however it is cut,
plain HTTP, and what is neither, by policy."""
import time
from lib import scenario
from lib.expect import Failure, same


class Slicer:
    """A relay between python's TLS and the proxy that sends single bytes."""

    def __init__(self, sock):
        self.sock = sock

    def hello(self, data):
        for n in range(len(data)):
            self.sock.send(data[n:n + 1])
            if n % 50 == 0:
                time.sleep(0.01)


def handshake_by_bytes(client, ca, name):
    import ssl
    context = ssl.create_default_context(cafile=ca)
    into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(into, out, server_hostname=name)
    slicer = Slicer(client.sock)
    while True:
        try:
            tls.do_handshake()
            slicer.hello(out.read())
            return tls.getpeercert()
        except ssl.SSLWantReadError:
            slicer.hello(out.read())
            data = client.sock.recv(65536)
            if not data:
                raise Failure("closed in the handshake") from None
            into.write(data)


def banner(conn):
    conn.send("220 mail.test\r\n" + conn.until(b"\r\n").decode())


with scenario.start("decrypt all\nallow to any") as s:
    secure, plain = s.origin(tls="good"), s.origin()
    client = s.client()
    client.connect(secure.named("www.test"))
    shown = handshake_by_bytes(client, s.proxy.ca, "www.test")
    same(("DNS", "www.test") in shown["subjectAltName"], True, "certificate")

    with s.case("plain HTTP inside CONNECT"):
        client = s.client()
        client.connect(plain.named("www.test"))
        client.inside = plain.named("www.test")
        same(client.get("/").body, b"hello", "body")

    with s.case("neither"):
        raw = s.origin(serve=banner)
        client = s.client()
        client.connect(raw.named("www.test"))
        client.send("\x00\x01\x02hello\r\n")
        client.rest()
        same(raw.received, b"", "bytes at the origin")

    with s.case("another SNI than the CONNECT's name"):
        client = s.client()
        client.connect(secure.named("www.test"))
        try:
            client.tls("other.test")
            client.inside = secure.named("other.test")
            same(client.get("/").status in (200, 421), True, "status")
        except OSError:
            pass
