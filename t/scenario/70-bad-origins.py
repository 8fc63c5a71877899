"""Origins with something wrong in their certificate or their TLS: for each,
the whole answer that the client gets inside its decrypted connection, byte
for byte as golden/70-bad-origins has it, and no request at the origin; and
their neighbours that are good."""
# timeout: 300
import ssl

from lib import golden, scenario
from lib.badpki import AUTHORITY, LEAF, SERVER, BadPki
from lib.expect import same, within
from lib.servers import GnutlsServer, OpensslServer

# dates that a page shows must not be those of the run
DATES = {"start": "20240101000000Z", "end": "20440101000000Z"}
PAST = {"start": "20200101000000Z", "end": "20210101000000Z"}
FUTURE = {"start": "20400101000000Z", "end": "20410101000000Z"}
WEAK = ("-cipher", "DEFAULT:@SECLEVEL=0")
IDN = "b\u00fccher.test"


def nul_name():
    """subjectAltName with www.test NUL .evil.test as its dNSName."""
    name = b"www.test\0.evil.test"
    der = bytes([0x30, len(name) + 2, 0x82, len(name)]) + name
    return "DER:" + ":".join("%02X" % c for c in der)


def sans(san):
    return {"san": san}


# name: host to ask for, and what to make the certificate with
GOOD = {
    "good": ("www.test", {}),
    "wildcard": ("a.sub.test", sans("DNS:*.sub.test")),
    "idn": (IDN, sans("DNS:xn--bcher-kva.test")),
    "ip": ("127.0.0.1", sans("IP:127.0.0.1")),
    "ip6": ("[::1]", sans("IP:::1")),
    "rsa-2048": ("www.test", {"key": 2048}),
    "inside-constraint": ("www.test", {"issuer": "roomy"}),
}
# and what the page must say
BAD = {
    "expired": ("www.test", PAST, "has expired"),
    "not-yet-valid": ("www.test", FUTURE, "not valid yet"),
    "wrong-host": ("www.test", sans("DNS:other.test,DNS:www.other.test"),
                   "another name"),
    "no-san": ("www.test", {"san": None, "subject": "/CN=www.test"},
               "another name"),
    "nul": ("www.test", sans(nul_name()), "another name"),
    "idn-other": (IDN, sans("DNS:bucher.test"), "another name"),
    "wildcard-itself": ("sub.test", sans("DNS:*.sub.test"), "another name"),
    "wildcard-deep": ("a.b.sub.test", sans("DNS:*.sub.test"),
                      "another name"),
    "wildcard-part": ("www.sub.test", sans("DNS:w*.sub.test"),
                      "another name"),
    "wildcard-all": ("www.test", sans("DNS:*"), "another name"),
    "ip-as-name": ("127.0.0.1", sans("DNS:127.0.0.1"), "another address"),
    "ip-other": ("127.0.0.1", sans("IP:127.0.0.2"), "another address"),
    "ip6-other": ("[::1]", sans("IP:::2"), "another address"),
    "self-signed": ("www.test", {"issuer": None}, "self-signed"),
    "untrusted": ("www.test", {"issuer": "stranger"}, "unknown authority"),
    "untrusted-root": ("www.test", {"issuer": "stranger"},
                       "authority that is not trusted"),
    "incomplete": ("www.test", {"issuer": "middle"}, "intermediate"),
    "sha1": ("www.test", {"digest": "sha1"}, "broken algorithm"),
    "rsa-1024": ("www.test", {"key": 1024}, "too weak"),
    "constrained": ("www.test", {"issuer": "limited"}, "may not issue"),
    "excluded": ("www.test", {"issuer": "barred"}, "may not issue"),
    "client-only": ("www.test", {"purpose": "clientAuth"},
                    "not meant for web servers"),
    "by-a-leaf": ("www.test", {"issuer": "plain"}, "not allowed to issue"),
    "must-staple": ("www.test", {"more": ("tlsfeature = status_request",)},
                    "not stapled"),
    "revoked-by-crl": ("www.test", {}, "revoked"),
    "revoked-by-staple": ("www.test", {}, "revoked"),
    "markup": ("www.test", {
        "subject": "/CN=<script>\"&quot;' x", "san": "DNS:other.test"},
        "another name"),
}
# the issuer is sent as well
SENT = ("limited", "barred", "roomy", "plain")
# TLS that is refused with a certificate that is good
SUITES = {
    "tls-1.0": ("-tls1", *WEAK),
    "tls-1.1": ("-tls1_1", *WEAK),
    "no-encryption": ("-tls1_2", "-cipher", "NULL:@SECLEVEL=0"),
    "anonymous": ("-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"),
    "camellia": ("-tls1_2", "-cipher", "CAMELLIA:@SECLEVEL=0"),
    "client-certificate": ("-Verify", "2", "-verify_return_error"),
    "client-certificate-1.2": ("-Verify", "2", "-verify_return_error",
                               "-tls1_2"),
    "no-common-protocol": ("-alpn", "h2"),
}
OTHER_SUITES = {"rc4": "ARCFOUR-128", "3des": "3DES-CBC"}


def issuers(pki):
    pki.make("stranger", AUTHORITY, issuer=None, **DATES)
    pki.make("middle", AUTHORITY, **DATES)
    for name, constraint in (("limited", "permitted;DNS:inside.test"),
                             ("roomy", "permitted;DNS:www.test"),
                             ("barred", "excluded;DNS:www.test")):
        pki.make(name, AUTHORITY + (
            "nameConstraints = critical, " + constraint,), **DATES)
    pki.make("plain", LEAF, **DATES)


def make(pki, name, more):
    more = {**DATES, **more}
    purpose = more.pop("purpose", None)
    if purpose:
        return pki.make(name, LEAF + (
            "extendedKeyUsage = " + purpose,
            "subjectAltName = DNS:www.test"), **more)
    return pki.server(name, **more)


def long_chain(pki):
    """A certificate below fourteen authorities; what is sent with it."""
    issuer, parts = "ca", []
    for i in range(14):
        pki.make("step-%02d" % i, AUTHORITY, issuer=issuer, **DATES)
        issuer = "step-%02d" % i
        parts.insert(0, issuer)
    pki.server("deep", issuer=issuer, **DATES)
    return parts


with scenario.prepare(dns={name: ["127.0.0.1"] for name in (
        "a.sub.test", "a.b.sub.test", "www.sub.test")}) as s:
    pki = BadPki(s.pki)
    issuers(pki)
    pairs = {name: make(pki, name, row[1])
             for name, row in {**GOOD, **BAD}.items()}
    pki.revoke("revoked-by-crl")
    crl = pki.crl("revoked-by-crl")
    pki.revoke("revoked-by-staple")
    staple = pki.staple("revoked-by-staple")
    s.configure('decrypt all\nrevocation soft crl "%s"\nallow to any\n'
                % crl).start()
    done = set()

    def words(port, *names):
        """What to write instead of what is another in every run."""
        found = {str(port): "(port)"}
        for name in names:
            found[pki.fingerprint(name).lower().replace(":", "").replace(
                "sha256", "sha256:")] = "(fingerprint of %s)" % name
        return found

    def ask(host, port, fields="", method="GET"):
        client = s.client()
        client.secure("%s:%d" % (host.encode("idna").decode(), port))
        client.request(method, "/", fields)
        return client.reply(method)

    def check(name, reply, port, *names, **more):
        golden.same_as(name, reply, words(port, *names), **more)
        done.add(name)

    def serve(name, issuer=None):
        """An origin that keeps what it is asked."""
        host = {**GOOD, **BAD}.get(name, ("www.test",))[0]
        origin = s.origin(address="::1" if host == "[::1]" else "127.0.0.1")
        origin.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        origin.context.set_ciphers("DEFAULT@SECLEVEL=0")
        origin.context.load_cert_chain(
            pki.joined(name + ".pem", name, *issuer or ()),
            pki.path(name + ".key"))
        return origin

    def openssl(tls, *options):
        return s.keep(OpensslServer(s.dir, tls, *options))

    for name, (host, more) in GOOD.items():
        with s.case(name):
            issuer = more.get("issuer")
            origin = serve(name, [issuer] if issuer in SENT else [])
            check(name, ask(host, origin.port), origin.port)
            same(len(origin.requests), 1, "at the origin")

    for name, (host, more, why) in BAD.items():
        with s.case(name):
            sent = [more["issuer"]] if more.get("issuer") in SENT \
                or name == "untrusted-root" else []
            origin = openssl(pairs[name], "-status_file", staple) \
                if name == "revoked-by-staple" else serve(name, sent)
            reply = ask(host, origin.port)
            same(reply.status, 502, "status")
            within(why, reply.text(), "why")
            check(name, reply, origin.port, name, *sent)
            s.record(host=host.encode("idna").decode().strip("[]"),
                     status=502, reason="origin-certificate")
            same(getattr(origin, "requests", []), [], "at the origin")

    with s.case("a chain of many"):
        parts = long_chain(pki)
        origin = serve("deep", parts)
        check("chain-of-many", ask("www.test", origin.port), origin.port,
              "deep", *parts)
        same(origin.requests, [], "at the origin")
    with s.case("a huge certificate"):
        pki.server("huge", san="DNS:www.test," + ",".join(
            "DNS:name-%05d.filler.test" % i for i in range(6000)), **DATES)
        origin = serve("huge")
        check("huge-certificate", ask("www.test", origin.port), origin.port)
        same(origin.requests, [], "at the origin")

    good = pairs["good"]
    for name, options in SUITES.items():
        with s.case(name):
            server = openssl(good, *options)
            reply = ask("www.test", server.port)
            same(reply.status, 502, "status")
            check(name, reply, server.port)
    for name, cipher in OTHER_SUITES.items():
        with s.case(name):
            server = s.keep(GnutlsServer(
                s.dir, pairs["rsa-2048"], "NORMAL:-VERS-ALL:+VERS-TLS1.2:"
                "-CIPHER-ALL:+%s:+RSA:+SHA1" % cipher))
            reply = ask("www.test", server.port)
            same(reply.status, 502, "status")
            check(name, reply, server.port)
    with s.case("no ALPN"):
        origin = serve("good")
        alpn = []
        origin.serve = lambda conn: (
            alpn.append(conn.sock.selected_alpn_protocol()),
            origin._requests(conn))
        check("no-alpn", ask("www.test", origin.port), origin.port)
        same(alpn, [None], "what was agreed on")

    # one fault in every language, and for programs that are no browsers
    origin = serve("expired")
    whole = ask("www.test", origin.port).body
    for name, fields, method in (
            *(("expired." + lang, "Accept-Language: %s\r\n" % lang, "GET")
              for lang in ("de", "es", "fr", "zh")),
            ("expired.json", "Accept: application/json\r\n", "GET"),
            ("expired.image", "Sec-Fetch-Mode: no-cors\r\n"
             "Sec-Fetch-Dest: image\r\n", "GET"),
            ("expired.head", "", "HEAD")):
        with s.case(name):
            check(name, ask("www.test", origin.port, fields, method),
                  origin.port, "expired", left_out=whole)

    def cut(conn, request):
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
        path = request.start.split()[1]
        if path == "/length":
            conn.send(head + "Content-Length: 100\r\n\r\nhalf")
        elif path == "/chunked":
            conn.send(head + "Transfer-Encoding: chunked\r\n\r\n"
                      "4\r\nhalf\r\n")
        elif path == "/to-the-end":
            conn.send(head + "Connection: close\r\n\r\nhalf")
        else:
            conn.send("HTTP/1.1 200 OK\r\nContent-")
        return False

    for name in ("length", "chunked", "to-the-end", "head"):
        with s.case("cut off: " + name):
            origin = serve("good")
            origin.answer = cut
            client = s.client()
            client.secure("www.test:%d" % origin.port, strict=True)
            client.request("GET", "/" + name)
            text = b""
            try:
                while data := client.sock.recv(65536):
                    text += data
                    if name == "head" and b"</html>" in text:
                        break
                end = "" if name == "head" else "\n(close_notify)\n"
            except ssl.SSLError as error:
                within("EOF", str(error), "how it ends")
                end = "\n(the end, without close_notify)\n"
            check("cut-" + name, text, origin.port, end=end)
    if not s.failures:
        golden.all_used(done)
