"""A password policy's own words reach the person who knows the password, on
pages of sites in clear and inside CONNECT, where a browser shows them; whoever
doesn't learns nothing."""
import subprocess
import time
from lib import scenario
from lib.expect import same, within
from lib.servers import which
from lib.slapd import BASE, Slapd, configure, dn_of, person

RIGHT = "right"
POLICY = """dn: cn=short,%s
objectClass: person
objectClass: pwdPolicy
cn: short
sn: short
pwdAttribute: userPassword
pwdMaxAge: 1

""" % BASE
ENTRIES = POLICY + person("alice", RIGHT) \
    + person("old", RIGHT, "pwdPolicySubentry: cn=short," + BASE,
             "pwdChangedTime: 20200101000000Z") \
    + person("reset", RIGHT, "pwdReset: TRUE") \
    + person("off", RIGHT, "pwdAccountLockedTime: 000001010000Z")
RULES = "timeout login-cache 1s\ndecrypt all except pinned.test\nallow to any"

with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES, policy=True))
    configure(s, slapd, rules=RULES).start()
    plain, secure = s.origin(), s.origin(tls="good")
    count = iter(range(1, 250))

    def client(name, password=RIGHT):
        return s.client(name, password, source="127.4.0.%d" % next(count))

    def both(name, status, words, reason):
        with s.case(name):
            reply = client(name).get("http://%s/" % plain.named("www.test"))
            same(reply.status, status, reply.start)
            within(words, reply.body.decode(), "the page")
            inside = client(name)
            inside.secure(secure.named("www.test"))
            reply = inside.get("/")
            same(reply.status, status, reply.start)
            within(words, reply.body.decode(), "the page inside")
            same(reply.get("Connection"), "close", "the next is asked anew")
            s.record(method="CONNECT", reason=reason, status=200)
            s.record(method="GET", scheme="https", reason=reason,
                     status=status)
            # what nobody will read is refused as it is
            reply = client(name).connect(secure.named("pinned.test"))
            same(reply.status, status, reply.start)

    both("old", 403, "has expired", "login-expired")
    both("reset", 403, "change your password", "login-must-change")
    seen = len(secure.requests)

    for name, password in (("off", RIGHT), ("old", "wrong"),
                           ("reset", "wrong"), ("nobody", RIGHT)):
        with s.case("%s, %s" % (name, password)):
            reply = client(name, password).get(
                "http://%s/" % plain.named("www.test"))
            same(reply.status, 407, reply.start)
            within("not accepted", reply.body.decode(), "the page")
            same(client(name, password).connect(
                secure.named("www.test")).status, 407, "CONNECT")

    # somebody else gets her locked; who knows her password is told
    same(client("alice").get("http://%s/" % plain.named("www.test")).status,
         200, "alice")
    for at in range(6):
        subprocess.run(
            [which("ldapwhoami"), "-x", "-H",
             "ldap://127.0.0.1:%d" % slapd.plain, "-D", dn_of("alice"), "-w",
             "guess %d" % at], capture_output=True, check=False, timeout=10)
    time.sleep(1.1)
    both("alice", 403, "is locked", "login-locked")
    same(client("alice", "wrong").get(
        "http://%s/" % plain.named("www.test")).status, 407, "a stranger")
    same(len(secure.requests), seen, "nothing got through")
    same(seen, 0, "nothing got through")
