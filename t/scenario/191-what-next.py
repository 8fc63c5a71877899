"""The usual mistakes in a directory's statement: `directory check` says what
fails, and what to do next; the log says that it would. A port that isn't for
what is said to it ends nothing."""
import os
from lib import scenario
from lib.expect import same, within
from lib.gss import Negotiation
from lib.kdc import Kdc
from lib.proxy import verb
from lib.slapd import BASE, SECRET, SERVICE, Slapd, person


def check(account="alice", status=1, env=None):
    done = verb("directory", "check", "-f", s.proxy.conf, account,
                check=False, env=env)
    same(done.returncode, status, done.stdout + done.stderr)
    return done.stdout


def text(url, trust=None, base=BASE, bind=SERVICE, more=""):
    return """directory ldap corp {
	server "%s"
	trust "%s"
	base "%s"
	bind "%s" password file "ldap.secret"
%s}
allow to any
""" % (url, trust or s.pki.ca, base, bind, more)


with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, person("alice", "right")))
    kdc = s.keep(Kdc(s.path("kdc")))
    with open(s.path("ldap.secret"), "w", encoding="utf-8") as file:
        file.write(SECRET + "\n")
    os.chmod(s.path("ldap.secret"), 0o600)
    secure, plain = ["%%s://localhost:%d" % port
                     for port in (slapd.secure, slapd.plain)]
    s.pki.authority("stranger")
    s.configure(text(secure % "ldaps"), accounts=(), trouble=True)
    within("for www.test, ", check(status=0), "the names that it has")

    for name, conf, account, failed, advice in (
            ("wrong DN", text(secure % "ldaps", bind="cn=salyport," + BASE),
             "alice", "FAIL bind: ", "another password is its own"),
            ("wrong base", text(secure % "ldaps", base="dc=crop,dc=test"),
             "alice", "No such object", "namingContexts"),
            ("wrong authority", text(secure % "ldaps", trust=s.pki.path(
                "stranger.crt")), "alice", "not trusted", 'in "trust"'),
            ("wrong name", text((secure % "ldaps").replace(
                "localhost", "alias.test")), "alice", "for another name",
             "a name that its certificate has"),
            ("ldaps where TLS comes later", text(plain % "ldaps"), "alice",
             "FAIL TLS: ", '"starttls" for one'),
            ("starttls where it comes first", text(
                secure % "ldap", more="\tstarttls\n"), "alice",
             "FAIL TLS: ", "begins with TLS (636)"),
            ("no port", text("ldaps://127.0.0.1:9"), "alice", "refused",
             "its host and port"),
            ("no account", text(secure % "ldaps"), "alcie",
             "no account of that name", '"flavour" and "names"'),
            ("another schema", text(
                secure % "ldaps", more="\tflavour active-directory\n"),
             "alice", "no account of that name", '"flavour" and "names"')):
        with s.case(name):
            s.proxy.configure(conf)
            said = check(account)
            within(failed, said, "what failed")
            within("next:  ", said, "what to do")
            within(advice, said, "what to do")

    # what is no keytab is seen by `check`
    s.proxy.configure('authenticate negotiate keytab "%s"\nallow to any\n'
                      % s.path("ldap.secret"))
    done = verb("check", "-f", s.proxy.conf, check=False)
    same(done.returncode, 1, done.stderr)
    within("is no keytab that can be used: ", done.stderr, "check")

    # a key for another name: the log says which was asked for
    kdc.admin("addprinc -randkey HTTP/other.test")
    kdc.admin("ktadd -k %s HTTP/other.test" % s.path("other.keytab"))
    os.chmod(s.path("other.keytab"), 0o600)
    s.proxy.configure('authenticate negotiate keytab "%s"\nallow to any\n'
                      % s.path("other.keytab"))
    said = check(env=dict(os.environ, **kdc.env))
    within("HTTP/proxy.test, by what", said, "another name")
    s.proxy.start()
    os.environ.update(kdc.login("alice"))
    reply = s.client(user=None).get("http://127.0.0.1:1/", Negotiation(
        "HTTP@proxy.test").field())
    same(reply.status, 407, reply.start)
    s.proxy.wait_log("refused: Request ticket server "
                     "HTTP/proxy.test@CORP.TEST not found in keytab", 5)
    s.proxy.stop()

    # a key whose principal the KDC doesn't have
    kdc.admin("delprinc -force HTTP/proxy.test")
    s.proxy.configure('authenticate negotiate keytab "%s"\nallow to any\n'
                      % kdc.keytab)
    said = check(status=0, env=dict(os.environ, **kdc.env))
    within("the principal is missing: add it", said, "no principal")

    s.proxy.configure(text(plain % "ldaps"))
    s.proxy.start()
    s.proxy.wait_log('("sallyport directory check" says more)', 10)
