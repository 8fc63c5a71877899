"""Accounts from a real slapd over ldaps: every name leads to one account,
groups count in rules through other groups, and what isn't right is refused
without saying why."""
from lib import scenario
from lib.expect import same
from lib.slapd import (BASE, Slapd, configure, dn_of, group, group_dn, person)

PASSWORD = "cor:rect h0rse"
ENTRIES = person("Alice", PASSWORD, "mail: a.liddell@corp.test") \
    + person("bob", PASSWORD) \
    + person("dave", PASSWORD, "objectClass: posixAccount", "uidNumber: 7",
             "gidNumber: 4242", "homeDirectory: /") \
    + person("twin", PASSWORD) \
    + person("other", PASSWORD, "mail: twin") \
    + person("star*", PASSWORD) \
    + group("inner", [dn_of("alice")]) \
    + group("middle", [group_dn("inner"), group_dn("outer")]) \
    + group("outer", [group_dn("middle")], "groupOfUniqueNames",
            "uniqueMember") \
    + group("posix", ["bob"], "posixGroup\ngidNumber: 1", "memberUid") \
    + group("primary", ["nobody"], "posixGroup\ngidNumber: 4242",
            "memberUid")
RULES = """allow group outer to www.test path "/" label "outer may"
allow group posix to two.test label "posix may"
allow group primary to three.test label "primary may"
deny to any label "nobody else"
"""

with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    configure(s, slapd, "groups nested below \"ou=groups,%s\"" % BASE,
              rules=RULES).start()
    origin = s.origin()
    for typed in ("alice", "ALICE", "alice@corp.test", "a.liddell@corp.test"):
        with s.case(typed):
            reply = s.client(typed, PASSWORD).get(
                "http://www.test:%d/" % origin.port)
            same(reply.status, 200, reply.start)
    s.record(account="Alice", status=200)
    for user, site, status in (("bob", "two", 200), ("bob", "www", 403),
                               ("dave", "three", 200), ("dave", "two", 403),
                               ("alice", "two", 403)):
        with s.case("%s to %s" % (user, site)):
            reply = s.client(user, PASSWORD).get(
                "http://%s.test:%d/" % (site, origin.port))
            same(reply.status, status, reply.start)
    for user, password in (("alice", "wrong"), ("nobody", PASSWORD),
                           ("*", PASSWORD), ("a*", PASSWORD),
                           ("star*", PASSWORD), ("twin", PASSWORD),
                           ("alice)(uid=*", PASSWORD), (dn_of("alice"),
                                                        PASSWORD),
                           ("CORP\\alice", PASSWORD), ("\\", PASSWORD)):
        with s.case("refused: " + user):
            reply = s.client(user, password, source="127.0.0.9").get(
                "http://www.test:%d/" % origin.port)
            same(reply.status in (407, 429), True, reply.start)
