"""A GET in absolute-form reaches the origin in origin-form, is answered, and
stands in the record."""
from lib import scenario
from lib.expect import absent, same

with scenario.start("allow to any") as s:
    origin = s.origin("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                      "X-From: origin\r\n\r\nhello")
    client = s.client()
    reply = client.get("http://%s/a/b?c=d%%20e" % origin.named("www.test"),
                       "X-To: origin\r\nAccept: */*\r\n")

    same(reply.status, 200, "status")
    same(reply.body, b"hello", "body")
    same(reply.get("X-From"), "origin", "a field of the answer")

    asked = origin.requests[0]
    same(asked.start, "GET /a/b?c=d%20e HTTP/1.1", "request line")
    same(asked.all("Host"), [origin.named("www.test")], "Host")
    same(asked.get("X-To"), "origin", "a field of the request")
    absent("Proxy-Authorization", str(asked.fields), "what the origin got")

    s.record(account="alice", method="GET", host="www.test", status=200,
             verdict="allow")
