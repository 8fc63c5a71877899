"""`sallyport directory check` goes a login's way and says what works: a good
directory, and one thing wrong at a time."""
import os
from lib import scenario
from lib.expect import same, within
from lib.kdc import Kdc
from lib.proxy import verb
from lib.slapd import (Slapd, configure, dn_of, group, group_dn, person,
                       statement)

ENTRIES = person("alice", "secret") + group("inner", [dn_of("alice")]) \
    + group("outer", [group_dn("inner")])
RULES = "allow group outer to any"


def check(*words, status=0):
    done = verb("directory", "check", "-f", s.proxy.conf, *words,
                check=False)
    same(done.returncode, status, done.stdout + done.stderr)
    return done.stdout


with scenario.prepare() as s:
    kdc = s.keep(Kdc(s.path("kdc")))
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    ticket = 'authenticate negotiate keytab "%s"\n' % kdc.keytab
    configure(s, slapd, statements=ticket, rules=RULES)

    text = check("alice@corp.test")
    for words in ("connected to 127.0.0.1", "TLSv1.3",
                  "verified for localhost", "/CN=good, by /CN=origins ca",
                  "bind: as cn=sallyport", "account: alice",
                  "logs in as alice@corp.test", "inner", "outer",
                  "HTTP/proxy.test@CORP.TEST, version",
                  "aes256-cts", "Kerberos takes them", "clock:"):
        with s.case(words):
            within(words, text, "what it says")
    within("there is no account", check("bob", status=1), "unknown account")
    check()

    def broken(name, words, **more):
        with s.case(name):
            text = more.pop("text", None) or statement(
                more.pop("server", slapd), trust=more.pop("trust", s.pki.ca))
            for old, new in more.pop("replace", {}).items():
                text = text.replace(old, new)
            s.proxy.configure(text + more.pop("rules", RULES))
            within(words, check(status=1), "what it says")

    broken("no such name", "no such name", server="ldaps://nowhere.invalid")
    broken("nobody listens", "refused", server="ldaps://127.0.0.1:9")
    broken("another name", "TLS:", replace={"ldaps://localhost":
                                            "ldaps://alias.test"})
    s.pki.authority("stranger")
    broken("a stranger", "TLS:", trust=s.pki.path("stranger.crt"))
    broken("wrong base", "base", replace={'base "dc=corp': 'base "dc=crop'})
    with open(s.path("wrong.secret"), "w", encoding="ascii") as file:
        file.write("not it\n")
    broken("wrong password", "Invalid credentials",
           replace={"ldap.secret": "wrong.secret"})
    broken("no secret", "proxy.conf:", replace={"ldap.secret": "nosuch"})
    with open(s.path("bad.keytab"), "wb") as file:
        file.write(b"\5\2\0\0\1\0short")
    broken("bad keytab", "cut off", text='authenticate negotiate keytab '
           '"%s"\n' % s.path("bad.keytab"), rules="allow to any")
    os.unlink(s.path("bad.keytab"))
    broken("no keytab", "proxy.conf:", text='authenticate negotiate keytab '
           '"%s"\n' % s.path("bad.keytab"), rules="allow to any")

    # run starts all the same, and heals when the secret comes
    s.proxy.trouble = True
    s.proxy.configure(statement(slapd, trust=s.pki.ca).replace(
        "ldap.secret", "later") + RULES)
    s.proxy.start()
    origin = s.origin()
    url = "http://%s/" % origin.at
    same(s.client("alice", "secret").get(url).status, 503, "no secret")
    os.rename(s.path("ldap.secret"), s.path("later"))
    s.proxy.wait_log("works again", 30)
    same(s.client("alice", "secret").get(url).status, 200, "it came")
