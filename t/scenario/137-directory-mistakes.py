"""What is wrong about a directory's statement is said with file and line: by
`check` what can be seen, by `directory check` the rest, by the running proxy
before anybody logs in; and it heals without a word from outside."""
# timeout: 120
import os
from lib import scenario
from lib.expect import same, within
from lib.gss import Negotiation
from lib.kdc import Kdc
from lib.process import wait_until
from lib.proxy import verb
from lib.slapd import (BASE, SECRET, SERVICE, Slapd, person)

HEAL = 30  # seconds


def line_of(word):
    with open(s.proxy.conf, encoding="utf-8") as file:
        for at, line in enumerate(file, 1):
            if line.split()[:1] == [word]:
                return "proxy.conf:%d" % at
    return "no line with " + word


def write(name, text):
    with open(s.path(name), "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(s.path(name), 0o600)


def text(base=BASE, bind=SERVICE, secret="ldap.secret", url=None, more=""):
    return """directory ldap corp {
	server "%s"
	trust "%s"
	base "%s"
	bind "%s" password file "%s"
}
authenticate %sbasic realm "Corp network" with corp
timeout login-cache 1s
allow to any
""" % (url or "ldaps://localhost:%d" % slapd.secure, s.pki.ca, base, bind,
       secret, more)


with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, person("alice", "right")))
    kdc = s.keep(Kdc(s.path("kdc")))
    write("ldap.secret", SECRET + "\n")
    write("empty.secret", "")
    write("blank.secret", "\n")
    write("open.secret", SECRET + "\n")
    os.chmod(s.path("open.secret"), 0o644)
    write("wrong.secret", "not it\n")
    os.mkdir(s.path("dir.secret"))
    s.configure(text(), accounts=(), trouble=True)

    # what: the configuration, what `check` says and of which line, what
    # `directory check` says
    for name, words, status, said, where, seen in (
            ("no secret", {"secret": "nosuch"}, 1, "can't be read", "bind",
             "can't be read: No such file"),
            ("a directory for a secret", {"secret": "dir.secret"}, 1,
             "Is a directory", "bind", "Is a directory"),
            ("an empty secret", {"secret": "empty.secret"}, 1, "is empty",
             "bind", "holds no password"),
            ("a line without a secret", {"secret": "blank.secret"}, 0, "",
             "bind", "holds no password"),
            ("a secret for everybody", {"secret": "open.secret"}, 0,
             "chmod o= it", "bind", None),
            ("another secret", {"secret": "wrong.secret"}, 0, "", "",
             "Invalid credentials"),
            ("no DN", {"base": "corp.test"}, 1, "not a DN", "base", ""),
            ("a name for a DN", {"bind": "sallyport@corp.test"}, 1,
             "is not a DN", "bind", ""),
            ("another base", {"base": "ou=nowhere," + BASE}, 0, "", "base",
             "No such object"),
            ("no server", {"url": "ldaps://127.0.0.1:9"}, 0, "", "",
             "refused")):
        with s.case(name):
            s.proxy.configure(text(**words))
            done = verb("check", "-f", s.proxy.conf, check=False)
            same(done.returncode, status, done.stderr)
            if said:
                within(said, done.stderr, "check")
                within(line_of(where), done.stderr, "check")
            done = verb("directory", "check", "-f", s.proxy.conf, "alice",
                        check=False)
            same(done.returncode, 1 if seen is not None else 0, done.stdout)
            within(seen or "", done.stdout, "directory check")
            if where and seen:
                within(line_of(where), done.stdout, "directory check")

    # all of it at once that lets the proxy start
    s.proxy.configure(text(base="ou=late," + BASE, secret="later",
                           more='negotiate keytab "%s" ' % s.path("late.kt")))
    s.proxy.start()
    url = "http://%s/" % s.origin().named("www.test")
    s.proxy.wait_log("later: No such file", 5)
    s.proxy.wait_log("late.kt: No such file", 5)
    s.proxy.wait_log("the password of the service is not known", 5)
    reply = s.client("alice", "right").get(url)
    same(reply.status, 503, reply.start)
    os.rename(s.path("ldap.secret"), s.path("later"))
    s.proxy.wait_log("works again", HEAL)
    reply = s.client("alice", "right").get(url)
    same(reply.status, 503, reply.start)
    s.proxy.wait_log("its base \"ou=late,%s\"" % BASE, HEAL + 5)
    s.proxy.wait_log(line_of("base") + ": No such object")
    slapd.modify("dn: ou=late,%s\nchangetype: add\nou: late\n"
                 "objectClass: organizationalUnit\n\n" % BASE
                 + "dn: uid=eve,ou=late,%s\nchangetype: add\nuid: eve\n"
                 "objectClass: inetOrgPerson\ncn: eve\nsn: eve\n"
                 "userPassword: right\n" % BASE)
    same(s.client("eve", "right").get(url).status, 200, "the base is there")
    os.environ.update(kdc.login("alice"))
    reply = s.client(user=None).get(url, Negotiation(
        "HTTP@proxy.test").field())
    same(reply.status, 503, "no keytab")
    os.rename(kdc.keytab, s.path("late.kt"))

    def by_ticket():
        return s.client(user=None).get(url, Negotiation(
            "HTTP@proxy.test").field()).status
    wait_until(lambda: by_ticket() != 503, HEAL, "the keytab came")
    same(by_ticket(), 407, "alice isn't below that base")
