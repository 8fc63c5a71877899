"""HTTP/1.0 on either side: no chunks for a 1.0 client, an answer that ends
with its connection, keep-alive only where it was asked for."""
from lib import scenario
from lib.expect import absent, same

CHUNKED = ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
           "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
OLD = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end"

with scenario.start("decrypt all\nallow to any") as s:
    chunked = s.origin(CHUNKED)
    old = s.origin(lambda conn, request: bool(conn.send(OLD)))

    # a 1.0 client gets the body bare, and the close
    client = s.client()
    client.send("GET http://%s/ HTTP/1.0\r\n%s\r\n" % (
        chunked.at, client.login))
    reply = client.reply()
    same((reply.status, reply.body), (200, b"abcde"), "dechunked")
    absent("chunked", str(reply.fields), "coding for a 1.0 client")
    client.closed()
    same(chunked.requests[0].start, "GET / HTTP/1.1", "we speak 1.1")
    same(chunked.requests[0].all("Host"), [chunked.at], "Host was made")

    # RFC 9112 section 9.3: a proxy keeps no 1.0 client's connection, whatever
    # it asks for, since an older proxy may have passed that on unread
    client = s.client()
    client.send("GET http://%s/ HTTP/1.0\r\nConnection: keep-alive\r\n"
                "%s\r\n" % (s.origin().at, client.login))
    same(client.reply().body, b"hello", "answered")
    client.closed()

    # an answer of a 1.0 origin, until close, to a 1.1 client that stays
    client = s.client()
    for _ in range(2):
        reply = client.get("http://%s/" % old.at)
        same((reply.status, reply.body), (200, b"until the end"), "old")
    same(len(old.connections), 2, "connections to the old origin")

    # a chunked request to an origin that turned out to be 1.0
    client.request("POST", "http://%s/" % old.at,
                   "Transfer-Encoding: chunked\r\n")
    client.send("3\r\nabc\r\n0\r\n\r\n")
    same(client.reply().status in (200, 411, 502), True, "chunked to 1.0")
