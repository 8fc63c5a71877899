"""One name, many spellings: rules, the pool and the certificate take them for
the same; what is no name is refused."""
from lib import scenario
from lib.expect import same

SAME = ["www.test", "WWW.TEST", "www.test.", "wWw.TeSt."]
BAD = ["www..test", ".test", "www.test..", "a b", "www_%20.test", "-",
       "www.te\xffst", "a" * 64 + ".test", ".".join(["a" * 60] * 5),
       "www.test%00.evil", "www.test:80:80", "[::1", "::1", "%77ww.test",
       "1.2.3.4.5", "256.1.1.1", "0x100000000", ""]

RULES = """deny to bad.test label "bad"
deny to xn--bcher-kva.test label "books"
allow to www.test
allow to 127.0.0.1/32 port 1-65535
deny to any label "the rest" """

with scenario.start(RULES) as s:
    origin = s.origin()
    for name in SAME:
        with s.case(name):
            reply = s.client().get("http://%s/" % origin.named(name))
            same(reply.status, 200, reply.start)
    same(len(origin.connections), 1, "connections: one pool for all")
    for name in ("BAD.test", "bad.test.", "b\xc3\xbccher.test",
                 "XN--BCHER-KVA.test."):
        with s.case(name):
            reply = s.client().get("http://%s/" % origin.named(name))
            same(reply.status in (403, 400 if "\xc3" in name else 403), True,
                 reply.start)
    for name in BAD:
        with s.case("bad %r" % name):
            reply = s.client().get("http://%s:%d/" % (name, origin.port))
            same(reply.status in (400, 403, 502), True, reply.start)
    same(len(origin.connections), 1, "connections in the end")
