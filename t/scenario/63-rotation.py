"""From one authority to the next: first both are offered, then the new one
signs, and at no time is there a client that nothing works for."""
import os
import ssl
import subprocess
from lib import scenario
from lib.expect import absent, holds, same, within
from lib.proxy import verb


def fingerprint(path):
    done = subprocess.run(["openssl", "x509", "-in", path, "-noout",
                           "-fingerprint", "-sha256"], capture_output=True,
                          text=True, check=True)
    return done.stdout.strip().split("=")[1]


def pem_at(path, status=200):
    reply = ask(path)
    same(reply.status, status, path)
    return reply.body


def ask(path):
    client = s.client(user=None)
    client.inside = "127.0.0.1:%d" % s.proxy.port
    return client.get(path)


with scenario.start("decrypt all\nallow to any") as s:
    origin = s.origin(tls="good")

    def rotate(word, *more, **options):
        return verb("ca", "rotate", word, "-f", s.proxy.conf, *more,
                    **options)

    def works_with(ca):
        client = s.client()
        client.secure(origin.named("www.test"), ca=ca)
        same(client.get("/").status, 200, "a request")

    def page():
        return ask("/").text()

    first = s.path("first.crt")
    with open(s.proxy.ca, "rb") as file, open(first, "wb") as copy:
        copy.write(file.read())
    works_with(first)
    absent("take this one", page(), "the setup page before")
    same(rotate("switch", check=False).returncode, 1, "nothing to switch to")
    same(rotate("end", check=False).returncode, 1, "nothing to end")
    same(rotate("about", check=False).returncode, 2, "no such word")

    with s.case("start"):
        rotate("start")
        same(rotate("start", check=False).returncode, 1, "twice")
        s.proxy.reload()
        works_with(first)
        second = s.path("second.crt")
        with open(second, "wb") as file:
            file.write(pem_at("/ca-next.pem"))
        text = page()
        within("take this one", text, "the setup page")
        shown = verb("ca", "show", "-f", s.proxy.conf).stdout
        for path in (first, second):
            within(fingerprint(path), text, "fingerprint")
            within(fingerprint(path), shown, "ca show")
        holds(fingerprint(first) != fingerprint(second), "another one")

    with s.case("switch"):
        rotate("switch")
        s.proxy.reload()
        works_with(second)
        try:
            works_with(first)
            holds(False, "the old one still signs")
        except ssl.SSLError:
            pass
        same(pem_at("/ca-old.pem").strip(),
             open(first, "rb").read().strip(), "the old one")
        pem_at("/ca-next.pem", 404)
        text = page()
        for path in (first, second):
            within(fingerprint(path), text, "fingerprint")
        same(rotate("start", check=False).returncode, 1, "before the end")
        # the old one's list of revoked leaves is still to be had
        tag = fingerprint(first).replace(":", "").lower()[:32]
        within("pkix-crl", ask("/ca-%s.crl" % tag).get("Content-Type"), "its CRL")

    with s.case("end"):
        rotate("end")
        s.proxy.reload()
        works_with(second)
        pem_at("/ca-old.pem", 404)
        absent(fingerprint(first), page(), "the setup page")

    with s.case("a switch that was cut short goes on"):
        rotate("start")
        os.rename(s.path("ca.key"), s.path("ca.key.old"))
        rotate("switch")
        s.proxy.reload()
        works_with(s.path("ca.crt"))
        holds(fingerprint(s.path("ca.crt")) != fingerprint(second), "new")
