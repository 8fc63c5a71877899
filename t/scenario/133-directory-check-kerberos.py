"""`sallyport directory check` on Kerberos and clocks: what the KDC says of the
key and the time, the names that browsers ask for, tokens that were NTLM; and
the certificates behind StartTLS."""
import base64
import os
import re
from lib import scenario
from lib.adstub import ActiveDirectory
from lib.expect import same, within
from lib.gss import Negotiation
from lib.kdc import Kdc, faketime
from lib.ldapstub import Stub, statement as stub_statement
from lib.proxy import verb
from lib.slapd import SECRET, Slapd, person, statement


def check(*words, status=0):
    done = verb("directory", "check", "-f", s.proxy.conf, *words,
                check=False, env=dict(os.environ, **kdc.env))
    same(done.returncode, status, done.stdout + done.stderr)
    return done.stdout


def rename(name):
    with open(s.proxy.conf, encoding="utf-8") as file:
        text = re.sub(r'^name "[^"]*"', 'name "%s"' % name, file.read(), 1,
                      re.M)
    with open(s.proxy.conf, "w", encoding="utf-8") as file:
        file.write(text)


def secret(text):
    with open(s.path("ldap.secret"), "w", encoding="utf-8") as file:
        file.write(text + "\n")


with scenario.prepare() as s:
    kdc = s.keep(Kdc(s.path("kdc")))
    ticket = 'authenticate negotiate keytab "%s"\nallow to any' % kdc.keytab
    s.configure(ticket, accounts=()).start()
    service = "HTTP/proxy.test@CORP.TEST"

    text = check()
    for words in ("KDC: it has the same key for " + service,
                  "clock: the same as that of the KDC",
                  "by what the PAC file calls this proxy",
                  "0 accepted", "no token was NTLM"):
        within(words, text, "all is well")

    # what clients send
    url = "http://%s/" % s.origin().named("www.test")
    os.environ.update(kdc.login("alice"))
    client = s.client(user=None)
    for token in (b"NTLMSSP\0\1\0\0\0" + b"\0" * 24, b"nonsense"):
        reply = client.get(url, "Proxy-Authorization: Negotiate %s\r\n"
                           % base64.b64encode(token).decode())
        same(reply.status, 407, reply.start)
    reply = client.get(url, Negotiation("HTTP@proxy.test").field())
    same(reply.status, 200, reply.start)
    text = check()
    within("1 accepted, 1 refused", text, "tickets")
    within("1 tokens were NTLM", text, "NTLM")

    # names
    for name, words in (("other.test", "HTTP/other.test, by what"),
                        ("127.0.0.1", "no tickets")):
        with s.case(name):
            rename(name)
            within(words, check(status=1), "the name")
    rename("proxy.test")

    if faketime():
        kdc.restart(ahead=1200)
        within("that of the KDC is 1", check(status=1), "the clock is late")
        within("ahead of ours: tickets", check(status=1), "the clock is late")
        kdc.restart(ahead=60)
        within("s ahead of ours\n", check(), "the clock is good enough")
        kdc.restart()
    kdc.admin("cpw -randkey " + service)
    within("it has another key for " + service, check(status=1), "a new key")
    kdc.process.stop()
    within("KDC: it can't be asked: Cannot contact any KDC", check(),
           "no KDC: the proxy needs none")

    # a domain controller tells its time to whoever asks
    domain = s.keep(ActiveDirectory())
    secret("service")
    s.proxy.configure(stub_statement([domain]) + "allow to any")
    within("clock: the same as that of the directory", check(), "its clock")
    domain.ahead = -3600
    text = check(status=1)
    within("behind ours: tickets", text, "its clock")

    # StartTLS
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, person("alice", "secret")))
    secret(SECRET)
    start = statement(slapd, "starttls", tls=False, trust=s.pki.ca)
    s.proxy.configure(start + "allow to any")
    text = check("alice")
    within("verified for localhost", text, "StartTLS")
    within("/CN=good, by /CN=origins ca, until 20", text, "its certificates")
    s.pki.authority("stranger")
    s.proxy.configure(statement(slapd, "starttls", tls=False, trust=s.pki.path(
        "stranger.crt")) + "allow to any")
    text = check(status=1)
    within("FAIL TLS:", text, "a stranger")
    within("/CN=good, by /CN=origins ca", text, "its certificates")
    plain = s.keep(Stub({}))
    s.proxy.configure(stub_statement(
        [plain], "starttls", "timeout connect 500ms") + "allow to any")
    text = check(status=1)
    within("FAIL TLS: ", text, "a server without it")
