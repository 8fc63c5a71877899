"""kdc: a real Kerberos realm on loopback."""
import glob
import os
import subprocess

from lib.process import Process, free_port, wait_until
from lib.servers import accepts, which

REALM = "CORP.TEST"

_KRB5 = """[libdefaults]
 default_realm = {realm}
 dns_lookup_realm = false
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 default_ccache_name = FILE:{dir}/ccache
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
{realms}[domain_realm]
 .test = {home}
"""

_KDC = """[kdcdefaults]
 kdc_listen = 127.0.0.1:{port}
 kdc_tcp_listen = 127.0.0.1:{port}
[realms]
 {realm} = {{
  database_name = {dir}/principal
  key_stash_file = {dir}/stash
  acl_file = {dir}/kadm5.acl
  supported_enctypes = aes256-cts:normal aes128-cts:normal
 }}
"""


def faketime():
    """The library, or None where it isn't installed."""
    found = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")
    return found[0] if found else None


class Kdc:
    """.keytab holds HTTP/name; login() makes a person with a ticket.
    trusted: a Kdc that takes this one's tickets, and whose services its
    people ask for."""

    def __init__(self, directory, name="proxy.test", people=("alice",),
                 realm=REALM, trusted=None):
        self.dir = directory
        self.realm = realm
        os.makedirs(directory)
        self.port = free_port()
        self.home = trusted.realm if trusted else realm
        self.realms = " %s = {\n  kdc = 127.0.0.1:%d\n }\n" % (
            trusted.realm, trusted.port) if trusted else ""
        self.keytab = self._path("http.keytab")
        self._write("krb5.conf", _KRB5)
        self._write("kdc.conf", _KDC)
        self.env = dict(os.environ, KRB5_CONFIG=self._path("krb5.conf"),
                        KRB5_KDC_PROFILE=self._path("kdc.conf"))
        which("krb5kdc")
        self.run("kdb5_util", "-r", realm, "create", "-s", "-P", "master")
        for person in people:
            self.admin("addprinc -pw secret-%s %s" % (person, person))
        self.service = "HTTP/" + name
        self.admin("addprinc -randkey " + self.service)
        self.admin("ktadd -k %s %s" % (self.keytab, self.service))
        os.chmod(self.keytab, 0o600)
        for kdc in (self, trusted) if trusted else ():
            kdc.admin("addprinc -pw between krbtgt/%s@%s" % (
                trusted.realm, realm))
        self.process = None
        self.start()

    def start(self, ahead=0):
        """ahead: seconds that its clock is, for which libfaketime serves."""
        env = dict(self.env)
        if ahead:
            env.update(LD_PRELOAD=faketime(), FAKETIME="+%ds" % ahead)
        self.process = Process(
            [which("krb5kdc"), "-n", "-r", self.realm, "-P", self._path("pid")],
            self._path("kdc.log"), env)
        wait_until(lambda: accepts(self.port), 20, "the KDC answers")

    def _path(self, name):
        return os.path.join(self.dir, name)

    def _write(self, name, text):
        with open(self._path(name), "w", encoding="ascii") as file:
            file.write(text.format(dir=self.dir, port=self.port,
                                   realm=self.realm, realms=self.realms,
                                   home=self.home))

    def run(self, *words, text="", env=None):
        done = subprocess.run([which(words[0]), *words[1:]],
                              input=text.encode(), capture_output=True,
                              env=env or self.env, check=False)
        if done.returncode:
            raise AssertionError("%s: %s%s" % (
                " ".join(words), done.stdout.decode(), done.stderr.decode()))
        return done.stdout.decode()

    def admin(self, query):
        self.run("kadmin.local", "-r", self.realm, "-q", query)

    def login(self, person):
        """The environment of somebody who holds a ticket."""
        env = dict(self.env, KRB5CCNAME="FILE:" + self._path(
            "ccache-" + person))
        self.run("kinit", person, text="secret-%s\n" % person, env=env)
        return env

    def restart(self, ahead=0):
        self.process.stop()
        self.start(ahead)

    def close(self):
        self.process.stop()
