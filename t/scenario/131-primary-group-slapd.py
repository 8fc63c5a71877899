"""The primary group by its SID, against a real server: bytes in a filter, and
a schema that has them."""
import base64
from lib import scenario
from lib.adstub import sid
from lib.expect import same
from lib.slapd import BASE, Slapd, configure, dn_of, person

SCHEMA = """attributetype ( 1.2.840.113556.1.4.146 NAME 'objectSid'
 EQUALITY octetStringMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.40
 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.98 NAME 'primaryGroupID'
 EQUALITY integerMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.27
 SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.221 NAME 'sAMAccountName'
 EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15
 SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.6 NAME 'securityPrincipal' SUP top
 AUXILIARY MAY ( objectSid $ sAMAccountName $ primaryGroupID ) )"""


def principal(number):
    return "objectSid:: " + base64.b64encode(sid(number)).decode()


def group(name, number):
    return "dn: cn=%s,ou=groups,%s\nobjectClass: groupOfNames\n" \
        "objectClass: securityPrincipal\ncn: %s\nmember: %s\n%s\n\n" % (
            name, BASE, name, dn_of("nobody"), principal(number))


# the bytes of 42 and 40 are '*' and '(' in a filter, 92 is the backslash
ENTRIES = group("Stars", 42) + group("Brackets", 40) + group("Slashes", 92)
for user, primary in (("ann", 42), ("ben", 40), ("cid", 92)):
    ENTRIES += person(user, "secret", "objectClass: securityPrincipal",
                      "sAMAccountName: " + user, principal(1000 + primary),
                      "primaryGroupID: %d" % primary)
RULES = """allow group Stars to stars.test
allow group Brackets to brackets.test
allow group Slashes to slashes.test
deny to any
"""

with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES, schema=SCHEMA))
    configure(s, slapd, "flavour active-directory", "class inetOrgPerson",
              "names sAMAccountName", rules=RULES).start()
    origin = s.origin()
    for user, own in (("ann", "stars"), ("ben", "brackets"),
                      ("cid", "slashes")):
        for site in ("stars", "brackets", "slashes"):
            with s.case("%s to %s" % (user, site)):
                reply = s.client(user, "secret").get(
                    "http://%s/" % origin.named(site + ".test"))
                same(reply.status, 200 if site == own else 403, reply.start)
