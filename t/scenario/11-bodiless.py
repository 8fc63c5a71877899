"""Answers without a body: HEAD, 204 and 304, with and without a length; the
next answer on the connection is not taken for a body."""
from lib import scenario
from lib.expect import same

ANSWERS = [
    ("HEAD", "200 OK", "Content-Length: 1000\r\n"),
    ("HEAD", "200 OK", "Transfer-Encoding: chunked\r\n"),
    ("HEAD", "404 Not Found", ""),
    ("GET", "204 No Content", ""),
    ("GET", "304 Not Modified", 'ETag: "x"\r\nContent-Length: 1000\r\n'),
    ("GET", "304 Not Modified", ""),
    ("GET", "200 OK", "Content-Length: 0\r\n"),
]


def answer(conn, request):
    number = request.get("X-Case")
    if number is None:
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext")
    else:
        _, status, fields = ANSWERS[int(number)]
        conn.send("HTTP/1.1 %s\r\n%s\r\n" % (status, fields))


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        origin = s.origin(answer, tls=tls)
        client = s.client()
        url = "http://%s/" % origin.at
        if tls:
            client.secure(origin.named("www.test"))
            url = "/"
        for n, (method, status, fields) in enumerate(ANSWERS):
            with s.case("%s %s %r" % (method, status, fields)):
                client.request(method, url, "X-Case: %d\r\n" % n)
                reply = client.reply(method)
                same(reply.start, "HTTP/1.1 " + status, "status line")
                if "1000" in fields:
                    same(reply.get("Content-Length"), "1000", "its length")
                if status.startswith("204"):
                    same(reply.get("Content-Length"), None, "a length")
                    same(reply.get("Transfer-Encoding"), None, "a coding")
                same(client.get(url).body, b"next", "the next one")
