"""The list of revoked leaves: signed by the CA, fetched without a login where
the leaf says it is, good enough for openssl's check; what `ca revoke` adds is
on it, and its serial is never used again."""
import os
import subprocess
from lib import scenario
from lib.expect import absent, holds, same, within
from lib.proxy import verb


def openssl(*words, given=None, check=True):
    done = subprocess.run(["openssl", *words], input=given,
                          capture_output=True, check=False)
    if check:
        same(done.returncode, 0, "openssl %s: %s" % (words, done.stderr))
    return done


def text_of(der):
    return openssl("x509", "-inform", "DER", "-noout", "-text",
                   given=der).stdout.decode()


def url_of(text, behind):
    return text.split(behind)[1].split("URI:")[1].split("\n")[0]


with scenario.start("decrypt all\nallow to any", workers=2,
                    trouble=True) as s:
    site = "http://proxy.test:%d" % s.proxy.port
    origin = s.origin(tls="good")

    def leaf():
        client = s.client()
        client.secure(origin.named("www.test"))
        return client.sock.getpeercert(True)

    def fetch(url, user=None):
        """With no login; a path is asked of the proxy as of an origin."""
        client = s.client(user=user)
        client.inside = url.startswith("/") and "127.0.0.1:%d" % s.proxy.port
        reply = client.get(url)
        same(reply.status, 200, url)
        return reply

    der = leaf()
    text = text_of(der)
    crl_url = url_of(text, "CRL Distribution Points")
    ca_url = url_of(text, "Authority Information Access")
    within("CA Issuers", text, "AIA")
    for url in (crl_url, ca_url):
        holds(url.startswith(site + "/ca-"), url)

    reply = fetch(crl_url)
    same(reply.get("Content-Type"), "application/pkix-crl", "type")
    within("max-age=", reply.get("Cache-Control"), "caching")
    crl = reply.body
    same(fetch("/ca.crl").body, crl, "at the fixed address")
    reply = fetch(ca_url)
    same(reply.get("Content-Type"), "application/pkix-cert", "type")
    with open(s.proxy.ca, "rb") as file:
        ca = openssl("x509", "-outform", "DER", given=file.read()).stdout
    same(reply.body, ca, "the CA's certificate")
    same(fetch("/ca.crt").body, ca, "at the fixed address")
    same(s.client(user=None).get(site + "/ca-%s.crl" % ("0" * 32)).status,
         404, "of a CA that there isn't")

    def verify(der, crl):
        for name, kind, given in (("leaf.pem", "x509", der),
                                  ("crl.pem", "crl", crl)):
            openssl(kind, "-inform", "DER", "-out", s.path(name), given=given)
        return openssl("verify", "-crl_check", "-x509_strict", "-CAfile",
                       s.proxy.ca, "-CRLfile", s.path("crl.pem"),
                       s.path("leaf.pem"), check=False)

    done = verify(der, crl)
    same(done.returncode, 0, done.stderr)
    said = openssl("crl", "-inform", "DER", "-noout", "-text",
                   given=crl).stdout.decode()
    within("No Revoked Certificates", said, "CRL")
    within("CRL Number", said, "CRL")
    within("Authority Key Identifier", said, "CRL")

    with s.case("a leaf is revoked"):
        serial = openssl("x509", "-inform", "DER", "-noout", "-serial",
                         given=der).stdout.decode().strip().split("=")[1]
        verb("ca", "revoke", "-f", s.proxy.conf, "-R", "key-compromise",
             serial)
        same(verb("ca", "revoke", "-f", s.proxy.conf, serial,
                  check=False).returncode, 1, "twice")
        s.proxy.reload()
        crl = fetch(crl_url).body
        done = verify(der, crl)
        within(b"certificate revoked", done.stderr, "openssl verify")
        said = openssl("crl", "-inform", "DER", "-noout", "-text",
                       given=crl).stdout.decode()
        within("Key Compromise", said, "reason")
        again = leaf()
        same(verify(again, crl).returncode, 0, "the next leaf")
        absent(serial.encode(), openssl(
            "x509", "-inform", "DER", "-noout", "-serial",
            given=again).stdout, "its serial")

    with s.case("what is no serial"):
        for word in ("xyz", "", "12" * 21):
            same(verb("ca", "revoke", "-f", s.proxy.conf, word,
                      check=False).returncode, 1, word)
        same(verb("ca", "revoke", "-f", s.proxy.conf, "-R", "boredom", "12",
                  check=False).returncode, 1, "a reason that is none")

    with s.case("a list that can't be read"):
        with open(s.proxy.ca + ".revoked", "a", encoding="ascii") as file:
            file.write("12 yesterday\n")
        s.proxy.reload("ca.crt.revoked:2: a day is written as 2026-11-26")
        same(verify(leaf(), crl).returncode, 0, "the old configuration stays")
        os.unlink(s.proxy.ca + ".revoked")
        s.proxy.reload()
