"""Origins with something wrong in their certificate or their TLS: for each,
the page that the client gets inside its decrypted connection, with the chain
shown, and no request at the origin; and their neighbours that are good."""
# timeout: 240
from lib import scenario
from lib.badpki import AUTHORITY, LEAF, SERVER, BadPki
from lib.expect import same, within
from lib.servers import OpensslServer


def nul_name():
    """subjectAltName with www.test NUL .evil.test as its dNSName."""
    name = b"www.test\0.evil.test"
    der = bytes([0x30, len(name) + 2, 0x82, len(name)]) + name
    return "DER:" + ":".join("%02X" % c for c in der)


def certificates(pki):
    """name, host to ask for, words on the page (None: a good one), and what
    more to make it with."""
    pki.authority("stranger")
    pki.make("middle", AUTHORITY)
    pki.make("limited", AUTHORITY + (
        "nameConstraints = critical, permitted;DNS:inside.test",))
    pki.make("plain", LEAF)
    return [
        ("good", "www.test", None, {}),
        ("wildcard", "a.sub.test", None, {"san": "DNS:*.sub.test"}),
        ("idn", "b\u00fccher.test", None,
         {"san": "DNS:xn--bcher-kva.test"}),
        ("ip", "127.0.0.1", None, {"san": "IP:127.0.0.1"}),
        ("rsa-2048", "www.test", None, {"key": 2048}),
        ("expired", "www.test", "has expired",
         {"start": "20200101000000Z", "end": "20210101000000Z"}),
        ("future", "www.test", "not valid yet",
         {"start": "20400101000000Z", "end": "20410101000000Z"}),
        ("wrong-host", "www.test", "another name",
         {"san": "DNS:other.test"}),
        ("no-san", "www.test", "another name",
         {"san": None, "subject": "/CN=www.test"}),
        ("nul", "www.test", "another name", {"san": nul_name()}),
        ("idn-other", "b\u00fccher.test", "another name",
         {"san": "DNS:bucher.test"}),
        ("wildcard-itself", "sub.test", "another name",
         {"san": "DNS:*.sub.test"}),
        ("wildcard-deep", "a.b.sub.test", "another name",
         {"san": "DNS:*.sub.test"}),
        ("wildcard-part", "www.sub.test", "another name",
         {"san": "DNS:w*.sub.test"}),
        ("wildcard-all", "www.test", "another name", {"san": "DNS:*"}),
        ("ip-as-name", "127.0.0.1", "another address",
         {"san": "DNS:127.0.0.1"}),
        ("ip-other", "127.0.0.1", "another address",
         {"san": "IP:127.0.0.2"}),
        ("untrusted", "www.test", "authority", {"issuer": "stranger"}),
        ("incomplete", "www.test", "intermediate", {"issuer": "middle"}),
        ("sha1", "www.test", "broken algorithm", {"digest": "sha1"}),
        ("rsa-1024", "www.test", "too weak", {"key": 1024}),
        ("constrained", "www.test", "may not issue",
         {"issuer": "limited"}),
        ("client-only", "www.test", "not meant for web servers", {
            "purpose": "clientAuth"}),
        ("by-a-leaf", "www.test", "not allowed to issue",
         {"issuer": "plain"}),
        ("must-staple", "www.test", "not stapled",
         {"more": ("tlsfeature = status_request",)}),
    ]


def make(pki, name, more):
    more = dict(more)
    purpose = more.pop("purpose", None)
    if purpose:
        return pki.make(name, LEAF + ("extendedKeyUsage = " + purpose,
                                      "subjectAltName = DNS:www.test"))
    return pki.server(name, **more)


def serve(s, tls, *options):
    return s.keep(OpensslServer(s.dir, tls, *options))


def ask(s, host, port):
    client = s.client()
    client.secure("%s:%d" % (host.encode("idna").decode(), port))
    return client.get("/")


DNS = {name: ["127.0.0.1"] for name in (
    "a.sub.test", "a.b.sub.test", "www.sub.test")}

with scenario.start("decrypt all\nallow to any", dns=DNS) as s:
    pki = BadPki(s.pki)
    for name, host, words, more in certificates(pki):
        with s.case(name):
            tls = make(pki, name, more)
            chain = []
            if more.get("issuer") in ("limited", "plain"):
                chain = ["-cert_chain", pki.path(more["issuer"] + ".crt")]
            server = serve(s, tls, "-cipher", "DEFAULT@SECLEVEL=0", *chain)
            reply = ask(s, host, server.port)
            if words is None:
                same(reply.status, 200, "status")
                continue
            same(reply.status, 502, "status")
            text = reply.text()
            within(words, text, "why")
            if name != "must-staple":
                within(pki.fingerprint(name).lower().replace(":", "")[6:],
                       text.replace("sha256:", ""), "the fingerprint")
                within("issued by CN=", text, "the issuer")
            s.record(host=host.encode("idna").decode(), status=502,
                     reason="origin-certificate")
            server.close()

    with s.case("self-signed"):
        server = serve(s, s.pki.named("self-signed"))
        reply = ask(s, "www.test", server.port)
        same(reply.status, 502, "status")
        within("self-signed", reply.text(), "why")

    with s.case("a chain of many"):
        issuer = "ca"
        parts = []
        for i in range(14):
            pki.make("step%d" % i, AUTHORITY, issuer=issuer)
            issuer = "step%d" % i
            parts.insert(0, issuer)
        tls = pki.server("deep", issuer=issuer)
        server = serve(s, tls, "-cert_chain", pki.joined("chain.pem", *parts))
        reply = ask(s, "www.test", server.port)
        same(reply.status, 502, "status")

    with s.case("a huge certificate"):
        names = ",".join("DNS:name-%05d.filler.test" % i
                         for i in range(6000))
        tls = pki.server("huge", san="DNS:www.test," + names)
        server = serve(s, tls)
        same(ask(s, "www.test", server.port).status, 502, "status")

    good = s.pki.named("good")
    for name, options in (
            ("TLS 1.0", ("-tls1", "-cipher", "DEFAULT:@SECLEVEL=0")),
            ("TLS 1.1", ("-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0")),
            ("no encryption", (
                "-tls1_2", "-cipher", "NULL:@SECLEVEL=0")),
            ("wants a certificate", ("-Verify", "2"))):
        with s.case(name):
            server = serve(s, good, *options)
            reply = ask(s, "www.test", server.port)
            same(reply.status, 502, "status")

    with s.case("no ALPN"):
        server = serve(s, good)
        same(ask(s, "www.test", server.port).status, 200, "status")
    with s.case("another protocol only"):
        server = serve(s, good, "-alpn", "h2")
        same(ask(s, "www.test", server.port).status, 502, "status")

    with s.case("the answer is cut off"):
        def cut(conn, request):
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return False
        origin = s.origin(cut, tls="good")
        client = s.client()
        client.secure(origin.named("www.test"))
        client.request("GET", "/")
        try:
            reply = client.message(until_close=True)
            same(True, False, "a cut answer passed as whole")
        except EOFError:
            pass
