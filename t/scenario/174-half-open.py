"""A flood of handshakes that are begun and left: the budget is `limit
handshakes`. Beyond it a CONNECT is refused with words, what was opened already
is closed, the listener closes at once, and tunnels and plain requests go on;
once the flood's time is up everybody is served again."""
import os
import socket
import time

from lib import scenario
from lib.badpki import BadPki
from lib.expect import holds, same, within
from lib.process import free_port, wait_until

HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"  # and no more
RULES = """listen on 127.0.0.1 port %d tls certificate "%s" key "%s"
decrypt all except { bank.test }
timeout handshake 3s
limit handshakes 8
allow to any"""

with scenario.prepare() as s:
    cert = BadPki(s.pki).server("listener", san="DNS:proxy.test,IP:127.0.0.1")
    os.chmod(cert[1], 0o640)
    port = free_port()
    s.configure(RULES % (port, *cert)).start()
    origin = s.origin(tls="good")
    plain = s.origin()

    def begin():
        client = s.client()
        same(client.connect(origin.named("www.test")).status, 200, "CONNECT")
        client.sock.sendall(HELLO)
        return client

    def under_way():
        return s.proxy.status("--json").count('"handshakes":8')

    def ended(sock, seconds):
        sock.settimeout(seconds)
        try:
            return sock.recv(100)[:1] in (b"", b"\x15")
        except ConnectionResetError:
            return True
        except TimeoutError:
            return False

    waiting = s.client()
    same(waiting.connect(origin.named("www.test")).status, 200, "CONNECT")
    flood = [begin() for _ in range(8)]
    began = time.monotonic()
    wait_until(under_way, 2, "eight handshakes under way")
    with s.case("one more is refused with words"):
        reply = s.client().connect(origin.named("www.test"))
        same(reply.status, 503, "CONNECT")
        same(reply.get("Retry-After"), "10", "when to come again")
        within("The proxy is busy", reply.text(), "the page")
        s.record(method="CONNECT", status=503, reason="overloaded",
                 detail="too many handshakes")
    with s.case("one that was let in before is closed"):
        waiting.sock.sendall(HELLO)
        holds(ended(waiting.sock, 2), "it is not closed")
    with s.case("the listener closes at once"):
        with socket.create_connection(("127.0.0.1", port), 5) as sock:
            holds(ended(sock, 2), "it is not closed")
    with s.case("what is not decrypted goes on"):
        same(s.client().get("http://%s/" % plain.at).status, 200, "plain")
        client = s.client()
        client.secure(origin.named("bank.test"), ca=s.pki.ca)
        same(client.get("/").status, 200, "in a tunnel")
    with s.case("the flood's time is up"):
        for client in flood:
            holds(ended(client.sock, 6), "a handshake without an end")
        holds(time.monotonic() - began < 9, "it took too long")
        client = s.client()
        client.secure(origin.named("www.test"))
        same(client.get("/").status, 200, "decrypted again")
        with socket.create_connection(("127.0.0.1", port), 5) as sock:
            sock.settimeout(1)
            try:
                same(sock.recv(1), None, "the listener closes still")
            except TimeoutError:
                pass
