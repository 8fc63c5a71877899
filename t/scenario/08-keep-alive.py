"""Connections are kept on both sides: many requests on one connection of the
client, and one connection to the origin; pipelined requests are answered in
order."""
from lib import scenario
from lib.expect import same


def numbered(conn, request):
    body = request.start.split(" ")[1].encode()
    conn.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
              + body)


with scenario.start("decrypt all\nallow to any") as s:
    plain = s.origin(numbered)
    secure = s.origin(numbered, tls="good")

    client = s.client()
    for n in range(20):
        reply = client.get("http://%s/%d" % (plain.at, n))
        same(reply.body, b"/%d" % n, "answer %d" % n)
    same(len(plain.connections), 1, "connections to the plain origin")

    inside = s.client()
    inside.secure(secure.named("www.test"))
    for n in range(20):
        same(inside.get("/%d" % n).body, b"/%d" % n, "decrypted %d" % n)
    same(len(secure.connections), 1, "connections to the secure origin")

    # a second client of the same account finds the idle connection
    same(s.client().get("http://%s/z" % plain.at).body, b"/z", "pooled")
    same(len(plain.connections), 1, "connections after the pool was asked")

    # pipelining, ten in one write, plain and decrypted
    for who, start in ((client, "http://" + plain.at), (inside, "")):
        login = "" if start == "" else who.login
        who.send("".join(
            "GET %s/p%d HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (
                start, n, who.inside or plain.at, login)
            for n in range(10)))
        for n in range(10):
            same(who.reply().body, b"/p%d" % n, "pipelined %d" % n)

    # Connection: close is kept
    client.get("http://%s/" % plain.at, "Connection: close\r\n")
    client.closed()
