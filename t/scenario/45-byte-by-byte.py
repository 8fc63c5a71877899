"""However bytes are cut on their way, the messages are the same: requests and
answers in single bytes, plain and in TLS records of one byte."""
import time
from lib import scenario
from lib.expect import same

BODY = "Wiki" * 5


def trickle(send, text):
    for n in range(len(text)):
        send(text[n:n + 1])
        if n % 40 == 0:
            time.sleep(0.001)


def answer(conn, request):
    same(request.body.decode(), BODY, "body at the origin")
    trickle(conn.send, "HTTP/1.1 103 Hints\r\nX: y\r\n\r\n"
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n"
            "4;x=y\r\nWiki\r\n0A\r\n0123456789\r\n0\r\nX-T: u\r\n\r\n")


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        origin = s.origin(answer, tls=tls)
        client = s.client()
        start = "POST http://%s/a HTTP/1.1\r\n%s" % (origin.at, client.login)
        if tls:
            client.secure(origin.named("www.test"))
            start = "POST /a HTTP/1.1\r\n"
        host = "Host: %s\r\n" % (client.inside or origin.at)
        for framing, body in (
                ("Content-Length: 20\r\n", BODY),
                ("Transfer-Encoding: chunked\r\n",
                 "10\r\n" + BODY[:16] + "\r\n004\r\n" + BODY[16:]
                 + "\r\n0\r\nX-R: s\r\n\r\n")):
            with s.case("%s %s" % (tls, framing.strip())):
                trickle(client.send, start + host + framing + "\r\n" + body)
                same(client.reply().status, 103, "interim")
                reply = client.reply()
                same(reply.status, 200, "status")
                same(reply.body, b"Wiki0123456789", "body")
                same(reply.trailers, b"X-T: u\r\n", "trailers")
                same(reply.get("X-A"), "b", "a field")
        same(len(origin.connections), 1, "connections")
