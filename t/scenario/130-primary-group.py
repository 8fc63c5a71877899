"""Active Directory's groups: the primary one, which no list has, what that
one and the listed ones are members of, and lists that come in parts."""
import time
from lib import scenario
from lib.adstub import ActiveDirectory, dn_of
from lib.expect import holds, same
from lib.ldapstub import configure
from lib.proxy import verb

MANY = 95  # groups of one account, ten at a time
RULES = """timeout login-cache 1s
allow group "Domain Users" to users.test
allow group Everybody to everybody.test
allow group Staff to staff.test
allow group "Group 94" to last.test
allow group World to world.test
deny to any
"""

with scenario.prepare() as s:
    domain = s.keep(ActiveDirectory(part=10))
    for at, name in enumerate(("Domain Users", "Guests", "Everybody", "World",
                               "Staff")):
        domain.add(name, 513 + at)
    for name, primary in (("alice", 513), ("bob", 514), ("carl", 4000)):
        domain.add(name, 1100 + len(name), primary)
    domain.member("Everybody", "Domain Users")
    domain.member("World", "Everybody")
    domain.member("Staff", "bob")
    domain.member("World", "Staff")
    for at in range(MANY):
        domain.add("Group %d" % at, 2000 + at)
        domain.member("Group %d" % at, "carl")
    configure(s, [domain], rules=RULES).start()
    origin = s.origin()

    def may(user, site):
        url = "http://%s/" % origin.named(site + ".test")
        return s.client(user, "right").get(url).status

    for user, sites in (("alice", ("users", "everybody", "world")),
                        ("bob", ("staff", "world")), ("carl", ("last",))):
        for site in ("users", "everybody", "staff", "last", "world"):
            with s.case("%s to %s" % (user, site)):
                same(may(user, site), 200 if site in sites else 403, "status")

    # the list was read to its end, each part once
    parts = [a for b, a in domain.asked if b == dn_of("carl")]
    same(parts, [("memberOf;range=%d-*" % n,) for n in range(10, MANY, 10)],
         "what was asked")

    # direct groups: the primary one counts, what it is in doesn't
    s.proxy.configure(s.proxy.rules.replace(
        "flavour active-directory", "flavour active-directory\n"
        "\tgroups direct"))
    s.proxy.reload()
    time.sleep(1.1)  # workers forget their logins
    for user, site, status in (("alice", "users", 200),
                               ("alice", "everybody", 403),
                               ("bob", "staff", 200), ("bob", "world", 403),
                               ("carl", "last", 200)):
        with s.case("direct: %s to %s" % (user, site)):
            same(may(user, site), status, "status")

    # a thousand is enough: it is said, and no more is asked
    domain.part = 150
    domain.add("dora", 1300, 513, memberOf=[
        dn_of("x%d" % n) for n in range(5000)])
    same(may("dora", "users"), 403, "the thousand are full")
    s.proxy.wait_log("is in more groups than are looked at", 5)
    holds(len([1 for b, _ in domain.asked if b == dn_of("dora")]) <= 7,
          "the list is not read for ever")

    # a server that gives the same part again and again
    domain.part = 10
    domain._attribute = lambda wanted, values, whole=domain._attribute: (
        whole(wanted.replace("range=20-", "range=10-"), values))
    before = len(domain.asked)
    done = verb("directory", "check", "-f", s.proxy.conf, "carl")
    holds(len(domain.asked) < before + 20, "it is asked for ever")
    same("Group 94" in done.stdout, True, done.stdout)
