"""What a directory says besides "wrong" reaches the person in plain words:
Active Directory's sub-codes, played by a stub; and a name that could be
anybody's is nobody's."""
import time
from lib import scenario
from lib.expect import same, within
from lib.ldapstub import Stub, configure, sub_code, user

SECRET = "cor:rect h0rse"
CASES = [
    ("missing", "525", 407, "not accepted"),
    ("wrong", "52e", 407, "not accepted"),
    ("night", "530", 403, "Not at this time"),
    ("elsewhere", "531", 403, "Not at this time"),
    ("expired", "532", 403, "has expired"),
    ("disabled", "533", 403, "switched off"),
    ("gone", "701", 403, "has expired"),
    ("change", "773", 403, "change your password"),
    # a stranger isn't told that there is such an account
    ("locked", "775", 407, "not accepted"),
    ("unknown", "fff", 407, "not accepted"),
]

entries, binds = {}, {}
for name, code, _, _ in CASES:
    entries.update(user(name))
    binds["cn=%s,dc=corp" % name] = sub_code(code)
entries.update(user("fine", userPrincipalName=["fine@corp.example"],
                    proxyAddresses=["SMTP:f.ine@corp.example",
                                    "X400:c=de"],
                    memberOf=["CN=Staff\\, all,OU=g,DC=corp"]))
entries.update(user("tab", sAMAccountName=["t\tab"]))
entries.update(user("none", sAMAccountName=[]))

with scenario.prepare() as s:
    stub = s.keep(Stub(entries, binds))
    configure(s, [stub], 'domain "CORP"', "limit client 1000",
              rules='allow group "staff, all" to any\ndeny to any').start()
    origin = s.origin()
    url = "http://%s/" % origin.at
    for at, (name, _, status, words) in enumerate(CASES):
        with s.case(name):
            reply = s.client(name, SECRET, source="127.1.0.%d" % at).get(url)
            same(reply.status, status, reply.start)
            within(words, reply.body.decode(), "the page")
    for name in ("fine", "FINE@corp.example", "corp\\fine",
                 "f.ine@corp.example"):
        with s.case(name):
            same(s.client(name, SECRET).get(url).status, 200, "login")
    for at, name in enumerate(("tab", "none", "other\\fine", "c=de")):
        with s.case(name):
            same(s.client(name, SECRET, source="127.1.1.%d" % at)
                 .get(url).status, 407, "login")
    s.record(account="fine", status=200)

    # whoever gave the right password once is told that it is locked now
    stub.verdicts["cn=fine,dc=corp"] = sub_code("775")
    s.proxy.configure("timeout login-cache 1s\n" + s.proxy.rules)
    s.proxy.reload()
    time.sleep(1.1)  # workers forget their logins
    reply = s.client("fine", SECRET).get(url)
    same(reply.status, 403, reply.start)
    within("locked", reply.body.decode(), "the page")
    same("" in stub.binds, False, "an anonymous bind")
