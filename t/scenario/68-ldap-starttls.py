"""StartTLS before anything else, certificates verified, cleartext only where
it was asked for in so many words."""
from lib import scenario
from lib.expect import same, within
from lib.proxy import verb
from lib.slapd import Slapd, configure, group, dn_of, person, statement

ENTRIES = person("alice", "secret") + group("staff", [dn_of("alice")])
RULES = "allow group staff to any\ndeny to any"

with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    proxy = configure(s, slapd, "starttls", rules=RULES, trouble=True)
    proxy.configure(statement(slapd, "starttls", tls=False, trust=s.pki.ca)
                    + RULES)
    proxy.start()
    origin = s.origin()
    url = "http://%s/" % origin.at
    same(s.client("alice", "secret").get(url).status, 200, "StartTLS")
    within("STARTTLS", slapd.log(), "slapd's log")

    # another name than the certificate's, and an authority nobody knows
    s.pki.authority("stranger")
    for name, text in (
            ("another name", statement(
                slapd, "starttls", tls=False, trust=s.pki.ca).replace(
                    "localhost", "alias.test")),
            ("a stranger", statement(slapd, "starttls", tls=False,
                                     trust=s.pki.path("stranger.crt"))),
            ("ldaps, a stranger", statement(
                slapd, trust=s.pki.path("stranger.crt")))):
        with s.case(name):
            binds = slapd.binds("alice")
            proxy.configure(text + "timeout login-cache 1s\n" + RULES)
            proxy.reload()
            same(s.client("alice", "other").get(url).status, 503, "login")
            same(slapd.binds("alice"), binds, "binds")

    # in the clear: refused for a name, unless it was asked for
    text = statement(slapd, tls=False, trust=s.pki.ca)
    proxy.configure(text + RULES)
    done = verb("check", "-f", proxy.conf, check=False)
    same(done.returncode, 1, done.stdout)
    within("in the clear", done.stderr, "check")
    proxy.configure(text.replace("\ttrust",
                                 "\tcleartext-i-know-the-risk\n\ttrust")
                    + RULES)
    proxy.reload()
    same(s.client("alice", "secret").get(url).status, 200, "cleartext")
