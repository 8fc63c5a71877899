"""A server that resets in the middle of a bind, or says what is no BER, over
TLS as in cleartext: the next server answers; where there is none, nobody is
told that a password is wrong, and it counts as no failure."""
# timeout: 120
from lib import scenario
from lib.expect import holds, same
from lib.ldapstub import Stub, configure, statement, user
from lib.process import wait_until

SECRET = "cor:rect h0rse"
RULES = "timeout login-cache 1s\nallow to any"
TIMES = ("timeout connect 2s", "timeout search 2s", "timeout bind 2s",
         "limit account 2", "limit client 1000")
GARBAGE = {
    "no BER": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "a length without end": b"\x30\x84\xff\xff\xff\xff" + b"x" * 100,
    "longer than a length": b"\x30\x89" + b"\xff" * 60,
    "an operation cut off": b"\x30\x0c\x02\x01\x02\x61\x7f\x0a\x01\x00"
                            b"\x04\x00\x04\x00",
    "a result that is none": b"\x30\x06\x02\x01\x02\x61\x01\x00",
    "another's answer": b"\x30\x0c\x02\x01\x63\x61\x07\x0a\x01\x00"
                        b"\x04\x00\x04\x00",
    "nothing but zeroes": b"\0" * 64,
}


def login(name):
    return s.client(name, SECRET).get(url)


with scenario.prepare() as s:
    people = ["p%02d" % i for i in range(99)]
    everybody = {}
    for name in people:
        everybody.update(user(name))
    certificate = s.pki.named("good")
    first = True
    for tls in (None, certificate):
        kind = "ldaps" if tls else "ldap"
        bad, good = s.keep(Stub(everybody, tls=tls)), \
            s.keep(Stub(everybody, tls=tls))
        trust = ('trust "%s"' % s.pki.ca,) if tls else ()
        both = statement([bad, good], *TIMES, *trust) + RULES
        alone = statement([bad], *TIMES, *trust) + RULES
        if first:
            configure(s, [bad, good], *TIMES, *trust, rules=RULES,
                      trouble=True).start()
            url = "http://%s/" % s.origin().at
            first = False

        for what, raw in [("reset", None)] + list(GARBAGE.items()):
            with s.case("%s: %s, two servers" % (kind, what)):
                bad.mode, bad.garbage = ("raw", raw) if raw else ("reset", b"")
                s.proxy.configure("# %s %s\n" % (kind, what) + both)
                s.proxy.reload()
                reply = login(people.pop())
                same(reply.status, 200, reply.start)

        with s.case(kind + ": alone"):
            bad.mode = "reset"
            s.proxy.configure(alone)
            s.proxy.reload()
            name = people.pop()
            for _ in range(4):
                reply = login(name)
                same(reply.status, 503, reply.start)
                holds(int(reply.get("Retry-After")) > 0, "Retry-After")
            bad.mode = ""
            wait_until(lambda: login(name).status == 200, 30,
                       "it heals, and nothing was counted")
