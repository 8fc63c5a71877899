"""A listener with several certificates: a client gets the one for the name it
asks for, keys may be encrypted, and a renewed certificate is taken with a
reload while connections go on."""
import os
import shutil
import socket
import ssl

from lib import scenario
from lib.badpki import BadPki
from lib.expect import holds, same, within
from lib.process import free_port
from lib.proxy import verb

with scenario.prepare() as s:
    pki = BadPki(s.pki)

    def put(name, pair, key=None):
        """A certificate and its key where the configuration has them."""
        shutil.copy(pair[0], s.path(name + ".crt"))
        shutil.copy(key or pair[1], s.path(name + ".key"))
        os.chmod(s.path(name + ".key"), 0o600)

    def encrypted(pair):
        out = pair[1] + ".enc"
        pki._openssl("pkey", "-in", pair[1], "-aes256", "-passout",
                     "pass:sesame", "-out", out)
        return out

    first = pki.server("first", san="DNS:proxy.test")
    second = pki.server("second", san="DNS:other.test,DNS:*.wild.test")
    put("one", first)
    put("two", second, encrypted(second))
    s.configure("", workers=2, trouble=True)
    s.proxy.write("pass", "sesame\n")
    os.chmod(s.path("pass"), 0o600)
    port = free_port()
    RULES = """listen on 127.0.0.1 port %d tls certificate one.crt key one.key \\
    certificate two.crt key two.key passphrase pass
decrypt none
allow to any
""" % port
    s.proxy.configure(RULES)
    s.proxy.start()
    plain = s.origin()

    def connect(name):
        context = ssl.create_default_context(cafile=pki.ca)
        context.check_hostname = False
        return context.wrap_socket(
            socket.create_connection(("127.0.0.1", port), 10),
            server_hostname=name)

    def shown(name):
        with connect(name) as sock:
            return dict(x[0] for x in sock.getpeercert()["subject"])[
                "commonName"]

    def serial(name):
        with connect(name) as sock:
            return sock.getpeercert()["serialNumber"]

    def opened(name):
        client = s.client()
        client.sock.close()
        client.sock = connect(name)
        return client

    def works(client):
        same(client.get("http://%s/" % plain.named("www.test")).status, 200,
             "a request")

    for asked, cert in (("proxy.test", "first"), ("other.test", "second"),
                        ("OTHER.test", "second"), ("a.wild.test", "second"),
                        ("a.b.wild.test", "first"), ("wild.test", "first"),
                        ("nobody.test", "first"), (None, "first"),
                        ("127.0.0.1", "first")):
        with s.case("asked for %s" % asked):
            for _ in range(3):
                same(shown(asked), cert, "certificate")

    with s.case("renewed"):
        stays = [opened(name) for name in ("proxy.test", "other.test")]
        for client in stays:
            works(client)
        was = serial("proxy.test"), serial("other.test")
        put("one", pki.server("first-2", san="DNS:proxy.test"))
        third = pki.server("second-2", san="DNS:other.test")
        put("two", third, encrypted(third))
        s.proxy.reload()
        for client in stays:
            works(client)
        now = serial("proxy.test"), serial("other.test")
        holds(now[0] != was[0] and now[1] != was[1], "the same as before")
        works(opened("other.test"))

    def refused(words):
        """A reload that isn't taken, and what was there before goes on."""
        s.proxy.reload("the old configuration stays")
        s.proxy.wait_log(words)
        for _ in range(4):
            same((serial("proxy.test"), serial("other.test")), now, "shown")

    with s.case("a certificate without its key"):
        put("one", first, third[1])
        refused("one.crt: its key does not belong to its certificate")
        put("one", first)
        s.proxy.reload()
        same(serial("proxy.test"), was[0], "the first again")
        now = was[0], now[1]

    with s.case("another passphrase"):
        s.proxy.write("pass", "something else\n")
        refused("two.crt: its key can't be read with this passphrase")

    with s.case("a passphrase that everybody can read"):
        s.proxy.write("pass", "sesame\n")
        os.chmod(s.path("pass"), 0o644)
        refused("chmod o= it")

    with s.case("too many"):
        pairs = " certificate one.crt key one.key" * 64
        s.proxy.configure(RULES.replace(" passphrase pass",
                                        " passphrase pass" + pairs))
        done = verb("check", "-f", s.proxy.conf, check=False)
        within("more than 64 certificates", done.stderr, "check")
