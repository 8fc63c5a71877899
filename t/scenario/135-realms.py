"""Two Kerberos realms that trust each other: people of the other one are let
in as the configuration says, or told that their realm isn't."""
import os
from lib import scenario
from lib.expect import same, within
from lib.gss import Negotiation
from lib.kdc import Kdc
from lib.proxy import verb
from lib.slapd import BASE, Slapd, dn_of, group, person, statement

# an account of the same name in both realms, and what the other is here
ENTRIES = person("alice", "secret") + person("bob", "secret") \
    + person("eva", "secret", "mail: bob@PART.TEST") \
    + group("staff", [dn_of("alice"), dn_of("bob")])

with scenario.prepare() as s:
    kdc = s.keep(Kdc(s.path("kdc")))
    other = s.keep(Kdc(s.path("other"), people=("bob", "alice"),
                       realm="PART.TEST", trusted=kdc))
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    with open(s.path("ldap.secret"), "w", encoding="utf-8") as file:
        file.write("service s3cret\n")
    text = statement(slapd, trust=s.pki.ca) + statement(
        slapd, 'domain "PART"', name="part", trust=s.pki.ca) + \
        'authenticate negotiate keytab "%s" with corp\n' % kdc.keytab
    s.configure(text + "allow to any", accounts=()).start()
    url = "http://%s/" % s.origin().named("www.test")

    def get(realm, person, path=""):
        os.environ.update(realm.login(person))
        client = s.client(user=None)
        return client.get(url + path, Negotiation("HTTP@proxy.test").field())

    def use(*rules, directories="corp"):
        s.proxy.configure(text.replace("with corp", "with " + directories)
                          + "".join("kerberos realm %s\n" % r for r in rules)
                          + "allow to any")
        s.proxy.reload()

    same(get(kdc, "alice").status, 200, "of our own realm")
    s.record(account="alice", status=200)
    reply = get(other, "bob")
    same(reply.status, 407, "of a realm of which nothing is said")
    within("another domain", reply.body.decode(), "the page")
    s.proxy.wait_log("nobody of its realm is let in: bob@PART.TEST", 5)
    s.record(reason="login-realm", status=407)
    within("of_other_realms", verb("status", "-f", s.proxy.conf).stdout,
           "status")

    for at, (rule, directories, account) in enumerate((
            ('"PART.TEST" strip', "corp", "bob"),
            ('"PART.TEST" keep', "corp", "eva"),
            ('"PART.TEST" as "PART"', "{ corp, part }", "bob"),
            ('"PART.TEST" as "PART"', "corp", None),
            ('"PART.TEST" refuse', "corp", None),
            ('"part.test" strip', "corp", None))):
        with s.case("%s with %s" % (rule, directories)):
            use(rule, directories=directories)
            reply = get(other, "bob", "%d" % at)
            same(reply.status, 200 if account else 407, reply.start)
            if account:
                s.record(path="/%d" % at, account=account)
    with s.case("our own realm can be refused"):
        use('"CORP.TEST" refuse', '"PART.TEST" strip')
        same(get(kdc, "alice").status, 407, "ours")
        same(get(other, "alice").status, 200, "theirs")
