"""The authority's key is in a TPM and never leaves it: the signer uses it
through OpenSSL's provider, from inside its sandbox. Its signatures differ
from time to time, and no two certificates share a serial number for that."""
import os
import ssl
import subprocess
from lib import scenario
from lib.expect import holds, same, within
from lib.process import wait_until
from lib.proxy import verb
from lib.tpm import HANDLE, PIN, Tpm

KEY = 'key "%s" provider "tpm2" passphrase "pin"' % HANDLE


def secret(s, name, text):
    s.proxy.write(name, text)
    os.chmod(s.path(name), 0o600)


def openssl(*words, given=None):
    return subprocess.run(["openssl", *words], input=given,
                          capture_output=True, check=True).stdout


def serial(der):
    return openssl("x509", "-inform", "DER", "-noout", "-serial", given=der)


with scenario.prepare() as s:
    tpm = s.keep(Tpm(s.path("tpm")))
    os.environ["TPM2OPENSSL_TCTI"] = tpm.held
    s.configure("decrypt all\nallow to any", trouble=True)
    origin = s.origin(tls="good")
    secret(s, "pin", PIN + "\n")
    for name in ("ca.crt", "ca.key"):
        os.unlink(s.path(name))

    def key_is(words):
        s.proxy.configure("decrypt all\nallow to any")
        text = open(s.proxy.conf, encoding="utf-8").read()
        s.proxy.write("proxy.conf", text.replace('key "ca.key"', words))

    def leaf(name="www.test"):
        client = s.client()
        client.secure(origin.named(name))
        same(client.get("/").status, 200, "a request")
        return client.sock.getpeercert(True)

    with s.case("init"):
        key_is(KEY)
        said = verb("ca", "init", "-f", s.proxy.conf).stdout
        within("key          EC P-256", said, "ca init")
        within("%s (provider tpm2)" % HANDLE, said, "ca init")
        openssl("verify", "-CAfile", s.proxy.ca, s.proxy.ca)
        holds(not os.path.exists(s.path("ca.key")), "a key in a file")
        done = verb("ca", "init", "-f", s.proxy.conf, check=False)
        within("is there already", done.stderr, "a second time")
        done = verb("ca", "rotate", "start", "-f", s.proxy.conf, check=False)
        within("a provider keeps this key", done.stderr, "ca rotate")
        done = verb("ca", "init", "-d", s.path("other"), "-k", HANDLE,
                    check=False)
        within("-k and -P go together", done.stderr, "no provider")

    with s.case("sign"):
        s.proxy.start()
        first = leaf()
        same(leaf(), first, "from the stock")
        tag = openssl("x509", "-in", s.proxy.ca, "-noout", "-fingerprint",
                      "-sha256").decode().strip().split("=")[1]
        tag = tag.replace(":", "").lower()[:32]
        client = s.client(user=None)
        client.inside = "127.0.0.1:%d" % s.proxy.port
        s.proxy.write("crl.pem", openssl(
            "crl", "-inform", "DER",
            given=client.get("/ca-%s.crl" % tag).body).decode())
        s.proxy.write("leaf.pem", ssl.DER_cert_to_PEM_cert(first))
        openssl("verify", "-crl_check", "-x509_strict", "-CAfile",
                s.proxy.ca, "-CRLfile", s.path("crl.pem"),
                s.path("leaf.pem"))

    with s.case("a reload keeps the key, and mints under new serials"):
        s.proxy.reload()
        second = leaf()
        holds(second != first, "minted anew")
        holds(serial(second) != serial(first), "one serial, two certificates")

    with s.case("another key takes a restart"):
        key_is(KEY.replace("0x81000001", "0x81000002"))
        s.proxy.reload("takes a restart")
        leaf()

    with s.case("a signer that died opens it again"):
        key_is(KEY)
        pid = s.proxy.pids("signer")[0]
        os.kill(pid, 9)
        s.proxy.wait_log("signer ended by signal 9")
        wait_until(lambda: s.proxy.pids("signer") not in ([], [pid]), 10,
                   "another signer")
        holds(serial(leaf("one.test")) != serial(second), "another name")
    s.proxy.stop()
    s.proxy.process = None

    with s.case("a wrong PIN"):
        secret(s, "pin", "no such PIN\n")
        done = verb("run", "-f", s.proxy.conf, check=False)
        holds(done.returncode != 0, "it started")
        within("is the PIN right?", done.stderr, "words")
        secret(s, "pin", PIN + "\n")

    if not scenario.sanitized():
        with s.case("a provider that opens sockets later ends by the sandbox"):
            os.environ["TPM2OPENSSL_TCTI"] = tpm.direct
            done = verb("run", "-f", s.proxy.conf, check=False)
            within("signer ended for a system call", done.stderr, "words")
