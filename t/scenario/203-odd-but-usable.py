"""What browsers and origins do that no standard blesses and that people count
on: it passes as it is."""
from lib import filtered
from lib.expect import same, within

END = "Content-Length: 2\r\n%s\r\nok"
ANSWERS = {
    "a status above 599": ("HTTP/1.1 999 Request denied\r\n" + END % "", 999),
    "no reason": ("HTTP/1.1 200\r\n" + END % "", 200),
    "bytes of Latin-1": ("HTTP/1.1 200 OK\r\n"
                         + END % "X-Name: caf\xe9\r\n", 200),
}
TARGETS = ("/a|b{c}", "/a?q=a|b[d]^`\"<>\\", "/%zz", "//x//y", "/a/../b",
           "/a?", "/?u=http://a/b")
NAMES = ("my_host.test", "x-.test", "xn--mnchen-3ya.test", "a" * 63 + ".test")

with filtered.start("credentials block to any\nallow to any") as s:
    origin = s.origin(tls=s.pki.leaf("odd", san=",".join(
        "DNS:" + name for name in NAMES)))

    def opened(name=NAMES[0]):
        client = s.client()
        client.secure(origin.named(name))
        return client

    for what, (answer, status) in ANSWERS.items():
        with s.case(what):
            origin.answer = answer.encode("latin-1")
            reply = opened().get("/")
            same((reply.status, reply.body), (status, b"ok"), "answer")
    within(b"X-Name: caf\xe9\r\n", reply.head, "the field's bytes")
    for target in TARGETS:
        with s.case(target):
            same(opened().get(target).status, 200, "status")
            same(origin.requests[-1].start, "GET %s HTTP/1.1" % target,
                 "the target at the origin")
    for name in NAMES:
        with s.case(name):
            same(opened(name).get("/").status, 200, "status")
