"""pki: an authority of origins and the certificates a scenario needs."""
import os
import subprocess

_CNF = """
[ca]
default_ca = it
[it]
dir = .
new_certs_dir = .
database = index.txt
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = optional
[req]
distinguished_name = dn
[dn]
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = CA:false
extendedKeyUsage = serverAuth
subjectAltName = ${ENV::SAN}
"""

# A wildcard right below a top-level domain matches nothing (RFC 6125 6.4.3
# leaves it open, every verifier refuses it), so each name stands for itself.
GOOD = ",".join("DNS:%s.test" % name for name in (
    "www", "a.sub", "bad", "bank", "blocked", "denied", "fine", "gate",
    "inside", "mail", "mapped", "mixed", "one", "other", "silent", "staff",
    "sub", "three", "trial", "tunnel", "two", "v6")) + \
    ",DNS:localhost,IP:127.0.0.1,IP:::1"


class Pki:
    """Made in `directory` with the openssl command; cached by name."""

    def __init__(self, directory):
        self.dir = directory
        os.makedirs(directory, exist_ok=True)
        self._write("openssl.cnf", _CNF)
        self._write("index.txt", "")
        self.authority("ca")
        self.ca = self.path("ca.crt")

    def path(self, name):
        return os.path.join(self.dir, name)

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def _openssl(self, *words, san="DNS:unused"):
        subprocess.run(("openssl",) + words, cwd=self.dir, check=True,
                       capture_output=True, env=dict(os.environ, SAN=san))

    def _key(self, name):
        self._openssl("genpkey", "-algorithm", "EC", "-pkeyopt",
                      "ec_paramgen_curve:P-256", "-out", name + ".key")

    def authority(self, name):
        self._key(name)
        self._openssl("req", "-x509", "-new", "-key", name + ".key",
                      "-subj", "/CN=origins " + name, "-days", "30",
                      "-config", "openssl.cnf", "-extensions", "authority",
                      "-out", name + ".crt")

    def leaf(self, name, san=GOOD, issuer="ca", start=None, end=None):
        """(certificate, key) paths. start, end: YYYYMMDDHHMMSSZ."""
        cert, key = self.path(name + ".crt"), self.path(name + ".key")
        if os.path.exists(cert):
            return cert, key
        self._key(name)
        self._openssl("req", "-new", "-key", name + ".key", "-subj",
                      "/CN=" + name, "-config", "openssl.cnf",
                      "-out", name + ".csr")
        dates = (["-startdate", start] if start else []) + (
            ["-enddate", end] if end else ["-days", "20"])
        self._openssl("ca", "-batch", "-notext", "-config", "openssl.cnf",
                      "-extensions", "leaf", "-cert", issuer + ".crt",
                      "-keyfile", issuer + ".key", "-in", name + ".csr",
                      "-out", name + ".crt", *dates, san=san)
        return cert, key

    def quick(self, name):
        """(certificate, key) paths of one of very many: the key is one."""
        if not os.path.exists(self.path("quick.key")):
            self._key("quick")
        self._openssl("req", "-x509", "-new", "-key", "quick.key", "-CA",
                      "ca.crt", "-CAkey", "ca.key", "-subj", "/CN=" + name,
                      "-config", "openssl.cnf", "-extensions", "leaf",
                      "-days", "20", "-out", name + ".crt",
                      san="DNS:" + name)
        return self.path(name + ".crt"), self.path("quick.key")

    def named(self, kind):
        """The certificates that scenarios speak of by name."""
        if kind == "good":
            return self.leaf("good")
        if kind == "expired":
            return self.leaf("expired", start="20200101000000Z",
                             end="20210101000000Z")
        if kind == "future":
            return self.leaf("future", start="20400101000000Z",
                             end="20410101000000Z")
        if kind == "wrong-name":
            return self.leaf("wrong-name", san="DNS:other.example")
        if kind == "unknown-ca":
            if not os.path.exists(self.path("stranger.crt")):
                self.authority("stranger")
            return self.leaf("unknown-ca", issuer="stranger")
        if kind == "self-signed":
            return self._self_signed()
        raise ValueError(kind)

    def _self_signed(self):
        name = "self-signed"
        self._key(name)
        self._openssl("req", "-x509", "-new", "-key", name + ".key",
                      "-subj", "/CN=www.test", "-days", "30", "-config",
                      "openssl.cnf", "-extensions", "leaf", "-out",
                      name + ".crt", san=GOOD)
        return self.path(name + ".crt"), self.path(name + ".key")
