"""Fields of one hop stay there, in both directions; Via is added to what was
there; a request that has been here before is refused as a loop."""
from lib import scenario
from lib.expect import holds, same, within

REQUEST = """Connection: X-Mine, close-not, Keep-Alive
X-Mine: 1
Keep-Alive: timeout=5
Proxy-Connection: keep-alive
TE: trailers, deflate
Upgrade: h2c
HTTP2-Settings: AAMAAABkAAQAAP__
Via: 1.0 before
X-Stays: yes
""".replace("\n", "\r\n")
ANSWER = """HTTP/1.1 200 OK
Connection: X-Theirs
X-Theirs: 1
Keep-Alive: timeout=5
Proxy-Authenticate: Basic realm="evil"
Proxy-Connection: keep-alive
Via: 1.1 cache
X-Stays: yes
Set-Cookie: a=1
Set-Cookie: b=2
Content-Length: 5

hello""".replace("\n", "\r\n")
GONE = ["X-Mine", "Keep-Alive", "Proxy-Connection", "HTTP2-Settings",
        "Proxy-Authorization", "Upgrade"]

with scenario.start("decrypt all\nallow to any", name="gate.test") as s:
    origin = s.origin(ANSWER)
    reply = s.client().get("http://%s/" % origin.at, REQUEST)
    asked = origin.requests[0]
    for name in GONE:
        with s.case(name):
            same(asked.get(name), None, "sent on")
    holds("deflate" not in (asked.get("TE") or ""), "TE was sent on")
    same(asked.get("X-Stays"), "yes", "an ordinary field")
    holds(asked.get("Via").startswith("1.0 before, 1.1 "), asked.get("Via"))

    for name in ("X-Theirs", "Keep-Alive", "Proxy-Authenticate",
                 "Proxy-Connection"):
        with s.case("answer's " + name):
            same(reply.get(name), None, "passed to the client")
    same(reply.all("Set-Cookie"), ["a=1", "b=2"], "two lines stay two")
    within("1.1 cache, 1.1 ", reply.get("Via"), "Via of the answer")

    # a field that Connection names, though it frames or routes
    reply = s.client().get("http://%s/" % origin.at,
                           "Connection: Host, X-Stays\r\nX-Stays: 1\r\n")
    if reply.status == 200:
        same(origin.requests[-1].all("Host"), [origin.at], "Host stays")

    # a loop: our own name in Via
    mine = asked.get("Via").rpartition(", ")[2]
    reply = s.client().get("http://%s/" % origin.at, "Via: %s\r\n" % mine)
    same(reply.status in (400, 403, 508), True, reply.start)
