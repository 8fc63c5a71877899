"""What stands still is ended: a TLS handshake that doesn't go on, a tunnel
and a body without a byte, an idle decrypted connection; and each is recorded
with its reason."""
import time
from lib import scenario
from lib.expect import holds, same

RULES = """timeout handshake 1s
timeout tunnel 1s
timeout body 1s
timeout idle 1s
decrypt all except tunnel.test
allow to any"""


def stuck(conn, request):
    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    conn.until(b"never")


def ends(client, what):
    began = time.monotonic()
    client.rest()
    took = time.monotonic() - began
    holds(0.4 < took < 6, "%s ended after %.1f s" % (what, took))


with scenario.start(RULES) as s:
    secure, plain = s.origin(tls="good"), s.origin(stuck)
    silent = s.origin(serve=lambda conn: conn.until(b"never"))

    with s.case("no ClientHello"):
        client = s.client()
        same(client.connect(secure.named("www.test")).status, 200, "CONNECT")
        ends(client, "silence")
    with s.case("half a ClientHello"):
        client = s.client()
        client.connect(secure.named("www.test"))
        client.send(b"\x16\x03\x01\x02\x00\x01")
        ends(client, "half a handshake")
    with s.case("tunnel"):
        client = s.client()
        client.connect(silent.named("tunnel.test"))
        client.send("hello")
        ends(client, "a tunnel")
    with s.case("answer that stops"):
        client = s.client()
        client.request("GET", "http://%s/" % plain.at)
        client.until(b"half")
        ends(client, "a body")
        s.record(method="GET", reason="stalled")
    with s.case("request that stops"):
        client = s.client()
        client.request("POST", "http://%s/" % silent.at,
                       "Content-Length: 100\r\n")
        client.send("half")
        ends(client, "a request's body")
    with s.case("idle inside"):
        client = s.client()
        client.secure(secure.named("www.test"))
        same(client.get("/").status, 200, "a request")
        ends(client, "an idle connection")
