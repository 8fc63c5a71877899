"""Authorities of every kind that `ca init` makes: under a root, with an
encrypted key, limited to some names; and one that ends soon says so."""
import os
import ssl
import subprocess
from lib import scenario
from lib.expect import holds, same, within
from lib.proxy import verb


def files(s, name):
    return s.path(name + ".crt"), s.path(name + ".key")


def make(s, name, *options, extra=""):
    """A proxy whose authority is made with these options."""
    for path in files(s, "ca"):
        os.unlink(path)
    s.proxy.configure("decrypt all\nallow to any")
    text = open(s.proxy.conf, encoding="utf-8").read()
    s.proxy.write("proxy.conf", text.replace(
        'key "ca.key"', 'key "ca.key"' + extra))
    return verb("ca", "init", "-f", s.proxy.conf, *options)


def start(s, name, *options, extra=""):
    s.proxy.stop()
    os.unlink(s.path("stderr"))
    said = make(s, name, *options, extra=extra)
    s.proxy.start()
    return said


def openssl(*words, given=None):
    return subprocess.run(["openssl", *words], input=given,
                          capture_output=True, check=True).stdout


def check_all(s, root):
    """As a client that asks of every certificate but the root."""
    client = s.client()
    client.connect("nowhere.test:1")
    client.tls("nowhere.test", ca=root)
    leaf = client.sock.getpeercert(True)
    with open(s.path("ca.crt"), encoding="ascii") as file:
        below = ssl.PEM_cert_to_DER_cert(
            file.read().split("-----END")[0] + "-----END CERTIFICATE-----\n")
    lists = b""
    for der in (leaf, below):
        text = openssl("x509", "-inform", "DER", "-noout", "-text",
                       given=der).decode()
        url = text.split("CRL Distribution")[1].split("URI:")[1].split()[0]
        lists += openssl("crl", "-inform", "DER",
                         given=s.client(user=None).get(url).body)
        url = text.split("CA Issuers - URI:")[1].split()[0]
        holds(s.client(user=None).get(url).body in (
            below, ssl.PEM_cert_to_DER_cert(open(root).read())), "issuer")
    for name, data in (("leaf.pem", ssl.DER_cert_to_PEM_cert(leaf)),
                       ("below.pem", ssl.DER_cert_to_PEM_cert(below)),
                       ("crls.pem", lists.decode())):
        s.proxy.write(name, data)
    openssl("verify", "-crl_check_all", "-x509_strict", "-CAfile", root,
            "-untrusted", s.path("below.pem"), "-CRLfile", s.path("crls.pem"),
            s.path("leaf.pem"))


with scenario.start("decrypt all\nallow to any", trouble=True) as s:
    origin = s.origin(tls="good")

    def works_with(ca, name="www.test"):
        client = s.client()
        client.secure(origin.named(name), ca=ca)
        same(client.get("/").status, 200, "a request")

    def refused(name, ca):
        try:
            works_with(ca, name)
        except (ssl.SSLError, OSError):
            return True
        return False

    with s.case("under a root"):
        said = start(s, "root", "--root")
        within("ca.key.root", said.stdout, "where the root's key is")
        root = s.path("root.pem")
        with open(root, "wb") as file:
            client = s.client(user=None)
            client.inside = "127.0.0.1:%d" % s.proxy.port
            file.write(client.get("/ca.pem").body)
        with open(s.path("ca.crt.root"), "rb") as file:
            same(open(root, "rb").read(), file.read(), "people get the root")
        within("\nroot ", said.stdout, "ca show")
        works_with(root)
        check_all(s, root)
        os.unlink(s.path("ca.crt.root"))
        os.unlink(s.path("ca.key.root"))

    with s.case("with an encrypted key"):
        s.proxy.write("pass", "open sesame\n")
        os.chmod(s.path("pass"), 0o600)
        start(s, "sealed", "--passphrase", s.path("pass"),
              extra=' passphrase "pass"')
        within("ENCRYPTED", open(s.path("ca.key")).read(), "the key's file")
        works_with(s.path("ca.crt"))
        s.proxy.write("pass", "something else\n")
        s.proxy.reload("be read with this passphrase")
        works_with(s.path("ca.crt"))

    with s.case("limited to names"):
        start(s, "limited", "--only", "test", "--except", "bank.test")
        works_with(s.path("ca.crt"))
        client = s.client()
        shown = client.secure(origin.named("www.test"))["subjectAltName"]
        for name in (("DNS", "bank.test"), ("IP Address", "127.0.0.1")):
            holds(name not in shown, "%s in a limited leaf" % (name,))
        within(("DNS", "one.test"), shown, "another name")
        origin = s.origin(tls=s.pki.leaf("bank", san="DNS:bank.test"))
        holds(refused("bank.test", s.path("ca.crt")), "an excepted name")
        origin = s.origin(tls="good")
        s.proxy.wait_log("name constraints")

    with s.case("ends soon"):
        start(s, "short", "--days", "20")
        s.proxy.wait_log("certificate expires within 30 days")
        within("expires within 30 days", s.proxy.status(), "status")
        done = verb("ca", "show", "-f", s.proxy.conf)
        within("expires within 30 days", done.stderr, "ca show")
        works_with(s.path("ca.crt"))

    with s.case("misuse"):
        for words in (["show", "--root"], ["revoke", "--only", "a", "12"],
                      ["init", "--only", "1.2.3.4"], ["rotate"], ["revoke"],
                      ["init", "--days", "0"], ["init", "-R", "ceased"]):
            same(verb("ca", *words, "-d", s.dir, check=False).returncode, 2,
                 " ".join(words))
