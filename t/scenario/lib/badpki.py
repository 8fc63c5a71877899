"""badpki: certificates with something wrong in them, one at a time."""
import os
import subprocess

from lib.pki import Pki

_CNF = """
[ca]
default_ca = it
[it]
dir = .
new_certs_dir = .
database = {issuer}.txt
crlnumber = {issuer}.crlnumber
rand_serial = yes
default_md = {digest}
default_crl_days = 7
policy = any
unique_subject = no
[any]
commonName = optional
[req]
distinguished_name = dn
[dn]
[it_extensions]
{extensions}
"""

AUTHORITY = ("basicConstraints = critical, CA:true",
             "keyUsage = critical, keyCertSign, cRLSign",
             "subjectKeyIdentifier = hash")
LEAF = ("basicConstraints = CA:false",
        "authorityKeyIdentifier = keyid",
        "subjectKeyIdentifier = hash")
SERVER = LEAF + ("extendedKeyUsage = serverAuth",)


class BadPki(Pki):
    """On top of a Pki; make()'s extensions are lines of openssl.cnf."""

    def __init__(self, pki):
        # its directory and its authority, not new ones
        self.dir, self.ca = pki.dir, pki.ca

    def make(self, name, extensions, issuer="ca", key="ec", digest="sha256",
             start=None, end=None, subject=None):
        """(certificate, key) paths; the certificate alone in its file.
        Without an issuer it signs itself."""
        if key == "ec":
            self._key(name)
        else:
            self._openssl("genpkey", "-algorithm", "RSA", "-pkeyopt",
                          "rsa_keygen_bits:%d" % key, "-out", name + ".key")
        own = issuer or name
        if not os.path.exists(self.path(own + ".txt")):
            self._write(own + ".txt", "")
        conf = name + ".cnf"
        self._write(conf, _CNF.format(
            issuer=own, digest=digest, extensions="\n".join(extensions)))
        self._openssl("req", "-new", "-key", name + ".key", "-subj",
                      subject or "/CN=" + name, "-config", conf,
                      "-utf8", "-out", name + ".csr")
        dates = (["-startdate", start] if start else []) + (
            ["-enddate", end] if end else ["-days", "20"])
        self._openssl("ca", "-batch", "-notext", "-config", conf,
                      "-extensions", "it_extensions", "-keyfile",
                      own + ".key", *(["-cert", issuer + ".crt"] if issuer
                                      else ["-selfsign"]), "-in",
                      name + ".csr", "-out", name + ".crt", *dates)
        return self.path(name + ".crt"), self.path(name + ".key")

    def server(self, name, san="DNS:www.test", more=(), **rest):
        return self.make(name, SERVER + (
            ("subjectAltName = " + san,) if san else ()) + tuple(more),
            **rest)

    def revoke(self, name, issuer="ca"):
        self._write(issuer + ".crlnumber", "01\n")
        self._openssl("ca", "-config", name + ".cnf", "-cert",
                      issuer + ".crt", "-keyfile", issuer + ".key",
                      "-revoke", name + ".crt")

    def crl(self, conf, issuer="ca", name="list.crl"):
        """The list of what was revoked; PEM."""
        if not os.path.exists(self.path(issuer + ".crlnumber")):
            self._write(issuer + ".crlnumber", "01\n")
        self._openssl("ca", "-config", conf + ".cnf", "-cert",
                      issuer + ".crt", "-keyfile", issuer + ".key",
                      "-gencrl", "-out", name)
        return self.path(name)

    def staple(self, name, issuer="ca", signer=None, out=None):
        """An OCSP response about a certificate, as revoke() left it."""
        signer = signer or issuer
        out = out or name + ".ocsp"
        self._openssl("ocsp", "-issuer", issuer + ".crt", "-cert",
                      name + ".crt", "-no_nonce", "-reqout", name + ".req")
        self._openssl("ocsp", "-index", issuer + ".txt", "-CA",
                      issuer + ".crt", "-rsigner", signer + ".crt", "-rkey",
                      signer + ".key", "-reqin", name + ".req", "-ndays",
                      "2", "-respout", out)
        return self.path(out)

    def fingerprint(self, name):
        """As proxy.conf writes it."""
        done = subprocess.run(
            ["openssl", "x509", "-in", self.path(name + ".crt"), "-noout",
             "-fingerprint", "-sha256"], capture_output=True, check=True)
        return "sha256:" + done.stdout.decode().partition("=")[2].strip()

    def der(self, name):
        done = subprocess.run(
            ["openssl", "x509", "-in", self.path(name + ".crt"), "-outform",
             "DER"], capture_output=True, check=True)
        return done.stdout

    def joined(self, name, *parts):
        """A file with several certificates, the leaf first."""
        with open(self.path(name), "wb") as out:
            for part in parts:
                with open(self.path(part + ".crt"), "rb") as file:
                    out.write(file.read())
        return self.path(name)
