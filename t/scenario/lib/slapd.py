"""slapd: a real directory server on loopback, filled before it starts."""
import os
import subprocess

from lib.process import Process, free_port, wait_until
from lib.servers import accepts, which

BASE = "dc=corp,dc=test"
SERVICE = "cn=sallyport," + BASE
SECRET = "service s3cret"

_CONF = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
{schema}
modulepath /usr/lib/ldap
moduleload back_mdb
{modules}
pidfile {dir}/slapd.pid
TLSCACertificateFile {ca}
TLSCertificateFile {cert}
TLSCertificateKeyFile {key}
disallow bind_anon
require authc
sizelimit {sizelimit}
threads 16
conn_max_pending 1000
database mdb
maxsize 1073741824
suffix "{base}"
rootdn "cn=root,{base}"
rootpw root
directory {dir}/db
index objectClass,uid,mail,member,uniqueMember,memberUid,gidNumber eq
dbnosync
{overlays}
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""

_TREE = """dn: {base}
objectClass: dcObject
objectClass: organization
o: corp
dc: corp

dn: ou=people,{base}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{base}
objectClass: organizationalUnit
ou: groups

dn: cn=policy,{base}
objectClass: person
objectClass: pwdPolicy
cn: policy
sn: policy
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 5
pwdLockoutDuration: 600
pwdMustChange: TRUE

dn: {service}
objectClass: person
objectClass: simpleSecurityObject
cn: sallyport
sn: sallyport
userPassword: {secret}

"""


def dn_of(uid):
    return "uid=%s,ou=people,%s" % (uid, BASE)


def person(uid, password, *more):
    """An LDIF entry; more are whole lines."""
    lines = ["objectClass: inetOrgPerson", "uid: " + uid, "cn: " + uid,
             "sn: " + uid, "mail: %s@corp.test" % uid,
             "userPassword: " + password, *more]
    # slapadd wants the values of an attribute together
    lines.sort(key=lambda line: line.partition(":")[0])
    lines.insert(0, "dn: " + dn_of(uid))
    return "\n".join(lines) + "\n\n"


def group(name, members, kind="groupOfNames", attr="member"):
    lines = ["dn: cn=%s,ou=groups,%s" % (name, BASE),
             "objectClass: " + kind, "cn: " + name]
    lines += ["%s: %s" % (attr, member) for member in members]
    return "\n".join(lines) + "\n\n"


def group_dn(name):
    return "cn=%s,ou=groups,%s" % (name, BASE)


class Slapd:
    """Listens on .plain and .secure of 127.0.0.1."""

    def __init__(self, directory, pki, entries, policy=False, sizelimit=500,
                 cert=None, schema=""):
        self.dir = directory
        self.program = which("slapd")
        os.makedirs(os.path.join(directory, "db"))
        cert, key = cert or pki.named("good")
        self.conf = os.path.join(directory, "slapd.conf")
        self.plain, self.secure = free_port(), free_port()
        overlays = ""
        if policy:
            overlays = "overlay ppolicy\nppolicy_default cn=policy,%s\n" \
                "ppolicy_use_lockout" % BASE
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(_CONF.format(
                dir=directory, ca=pki.ca, cert=cert, key=key, base=BASE,
                modules="moduleload ppolicy", overlays=overlays,
                schema=schema,
                sizelimit=sizelimit))
        tree = _TREE.format(base=BASE, service=SERVICE, secret=SECRET)
        if not policy:
            at = tree.index("dn: cn=policy")
            tree = tree[:at] + tree[tree.index("dn: " + SERVICE):]
        done = subprocess.run(
            [which("slapadd"), "-q", "-f", self.conf],
            input=(tree + entries).encode(), capture_output=True,
            check=False)
        if done.returncode:
            raise AssertionError("slapadd: " + done.stderr.decode())
        self.process = None
        self.start()

    def start(self):
        self.process = Process(
            [self.program, "-d", "stats", "-f", self.conf, "-h",
             "ldap://127.0.0.1:%d/ ldaps://127.0.0.1:%d/" % (
                 self.plain, self.secure)],
            os.path.join(self.dir, "slapd.log"))
        wait_until(lambda: accepts(self.secure) and accepts(self.plain), 15,
                   "slapd listens")

    def stop(self):
        self.process.stop()

    close = stop

    def log(self):
        return self.process.text()

    def binds(self, uid):
        """How often somebody tried to be that person."""
        return self.log().count('BIND dn="%s" method=128' % dn_of(uid))

    def modify(self, ldif):
        subprocess.run(
            [which("ldapmodify"), "-x", "-H",
             "ldap://127.0.0.1:%d" % self.plain, "-D", "cn=root," + BASE,
             "-w", "root"], input=ldif.encode(), check=True,
            capture_output=True)


def statement(server, *more, name="corp", tls=True, trust=None):
    """The lines of proxy.conf. server: a Slapd, several, or URLs."""
    servers = server if isinstance(server, (list, tuple)) else [server]
    lines = ["directory ldap %s {" % name]
    for one in servers:
        url = one if isinstance(one, str) else (
            "ldaps://localhost:%d" % one.secure if tls
            else "ldap://localhost:%d" % one.plain)
        lines.append('\tserver "%s"' % url)
    if trust:
        lines.append('\ttrust "%s"' % trust)
    lines += ['\tbase "%s"' % BASE,
              '\tbind "%s" password file "ldap.secret"' % SERVICE]
    lines += ["\t" + line for line in more]
    return "\n".join(lines + ["}", ""])


def configure(s, server, *more, rules="allow to any", statements="",
              accounts=(), **words):
    """A proxy in scenario s whose accounts are a directory's."""
    name = s.path("ldap.secret")
    with open(name, "w", encoding="utf-8") as file:
        file.write(SECRET + "\n")
    os.chmod(name, 0o600)
    text = statement(server, *more, trust=s.pki.ca)
    return s.configure(text + statements + rules, accounts=accounts, **words)
