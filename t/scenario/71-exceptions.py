"""What configuration can say of an origin that is not as it should be:
exceptions by fingerprint and fault, revocation by list and by staple, legacy
TLS, a certificate of our own, and issuers that the origin did not send."""
# timeout: 240
import os

from lib import scenario
from lib.badpki import AUTHORITY, LEAF, BadPki
from lib.expect import same, within
from lib.servers import OpensslServer

with scenario.prepare() as s:
    pki = BadPki(s.pki)
    old = pki.server("old", start="20200101000000Z", end="20210101000000Z")
    pki.server("old2", start="20200101000000Z", end="20210101000000Z")
    both = pki.server("both", san="DNS:other.test", start="20200101000000Z",
                      end="20210101000000Z")
    own = s.pki.named("self-signed")
    pki.make("middle", AUTHORITY)
    pki.make("gone", AUTHORITY)
    issuer = s.origin(lambda conn, request: conn.send(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(
            pki.der("middle")) + pki.der("middle"))
        if request.start.split()[1] == "/middle.crt" else conn.send(
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
    aia = ("authorityInfoAccess = caIssuers;URI:http://aia.test:%d/%s.crt"
           % (issuer.port, "%s"))
    lost = pki.server("lost", issuer="middle", more=(aia % "middle",))
    gone = pki.server("gone-leaf", issuer="gone", more=(aia % "gone",))
    inner = pki.server("inner", issuer="gone", more=(
        "authorityInfoAccess = caIssuers;URI:http://127.0.0.9:1/x",))

    fine, bad = pki.server("fine"), pki.server("bad")
    status = ("tlsfeature = status_request",)
    demanding = pki.server("demanding", more=status)
    pki.make("responder", LEAF + ("extendedKeyUsage = OCSPSigning",))
    pki.make("nobody", LEAF)
    pki.revoke("bad")
    staples = {"fine": pki.staple("fine"), "bad": pki.staple("bad"),
               "delegated": pki.staple("fine", signer="responder",
                                       out="delegated.ocsp"),
               "forged": pki.staple("bad", signer="nobody",
                                    out="forged.ocsp"),
               "demanding": pki.staple("demanding")}
    listed = pki.server("listed")
    pki.revoke("listed")
    crl = pki.crl("listed")
    person = pki.make("person", LEAF + ("extendedKeyUsage = clientAuth",))
    os.chmod(person[1], 0o640)

    def config(more=""):
        return "decrypt all\nallow to any\n" + more

    def serve(tls, *options):
        return s.keep(OpensslServer(s.dir, tls, *options)).port

    def get(port, host="www.test"):
        client = s.client()
        client.secure("%s:%d" % (host, port))
        return client.get("/")

    def staple(name):
        return ("-status_file", staples[name])

    def table(rows):
        for name, port, want in rows:
            with s.case(name):
                reply = get(port)
                if want is None:
                    same(reply.status, 200, "status " + reply.text()[-900:])
                else:
                    same(reply.status, 502, "status")
                    within(want, reply.text(), "why")

    ports = {name: serve(tls) for name, tls in (
        ("old", old), ("both", both), ("own", own), ("lost", lost),
        ("gone", gone), ("inner", inner), ("fine", fine),
        ("listed", listed))}
    ports["fine, stapled"] = serve(fine, *staple("fine"))
    ports["delegated"] = serve(fine, *staple("delegated"))
    ports["bad, stapled"] = serve(bad, *staple("bad"))
    ports["bad, forged"] = serve(bad, *staple("forged"))
    ports["bad, of another"] = serve(bad, *staple("fine"))
    ports["demanding"] = serve(demanding)
    ports["demanding, stapled"] = serve(demanding, *staple("demanding"))
    ports["demanding, forged"] = serve(demanding, *staple("forged"))
    ports["stapled, TLS 1.2"] = serve(bad, "-tls1_2", *staple("bad"))
    weak = ("-cipher", "DEFAULT:@SECLEVEL=0")
    ports["1.0"] = serve(fine, "-tls1", *weak)
    ports["1.1, expired"] = serve(old, "-tls1_1", *weak)
    ports["asks"] = serve(fine, "-Verify", "2", "-verify_return_error",
                          "-CAfile", pki.ca)

    # nothing but the origins themselves may be asked, as they are internal
    s.configure("decrypt all\nallow port { %s }\ndeny to internal"
                % ", ".join(str(p) for p in ports.values())).start()
    table([("an internal issuer", ports["lost"], "issuer is not known")])
    same(issuer.requests, [], "fetched")

    s.proxy.configure(config())
    s.proxy.reload()
    table([
        ("expired", ports["old"], "expired"),
        ("missing issuer is fetched", ports["lost"], None),
        ("issuer that isn't there", ports["gone"], "issuer is not known"),
        ("issuer that can't be reached", ports["inner"],
         "issuer is not known"),
        ("soft: no status", ports["fine"], None),
        ("soft: good", ports["fine, stapled"], None),
        ("soft: delegated", ports["delegated"], None),
        ("soft: revoked", ports["bad, stapled"], "revoked"),
        ("soft: revoked, TLS 1.2", ports["stapled, TLS 1.2"], "revoked"),
        ("soft: forged counts as none", ports["bad, forged"], None),
        ("must-staple: none", ports["demanding"], "not stapled"),
        ("must-staple: good", ports["demanding, stapled"], None),
        ("must-staple: forged", ports["demanding, forged"], "not valid"),
        ("TLS 1.0", ports["1.0"], ""),
        ("asks for a certificate", ports["asks"], "client certificate"),
    ])
    same([r.start.split()[1] for r in issuer.requests],
         ["/middle.crt", "/gone.crt"], "fetched once each")
    with s.case("the fetched one is kept"):
        same(get(ports["lost"]).status, 200, "status")
        same(len(issuer.requests), 2, "fetched")

    s.proxy.configure(config("revocation hard"))
    s.proxy.reload()
    table([
        ("hard: no status", ports["fine"], "not stapled"),
        ("hard: good", ports["fine, stapled"], None),
        ("hard: delegated", ports["delegated"], None),
        ("hard: forged", ports["bad, forged"], "not valid"),
        ("hard: of another", ports["bad, of another"], "not stapled"),
    ])
    s.proxy.configure(config('revocation hard crl "%s"' % crl))
    s.proxy.reload()
    table([
        ("hard: good by list", ports["fine"], None),
        ("hard: revoked by list", ports["listed"], "revoked"),
    ])
    s.proxy.configure(config('revocation soft crl "%s"\n' % crl))
    s.proxy.reload()
    table([("soft: revoked by list", ports["listed"], "revoked"),
           ("soft: not listed", ports["fine"], None)])
    s.proxy.configure(config(
        'revocation off crl "%s" to port %d\nrevocation hard' % (
            crl, ports["listed"])))
    s.proxy.reload()
    table([("off there", ports["listed"], None),
           ("hard elsewhere", ports["fine, stapled"], None),
           ("hard elsewhere, by the list", ports["fine"], None)])

    s.proxy.configure(config("""
legacy to { port %d, port %d }
accept certificate %s error expired to www.test
accept certificate { "%s" } error { self-signed } to www.test
certificate "%s" key "%s" to port %d
""" % (ports["1.0"], ports["1.1, expired"], pki.fingerprint("old"),
       pki.fingerprint("self-signed"), person[0], person[1],
       ports["asks"])))
    s.proxy.reload()
    another = serve((pki.path("old2.crt"), pki.path("old2.key")))
    table([
        ("exception", ports["old"], None),
        ("of another certificate", another, "expired"),
        ("of another fault", ports["both"], ""),
        ("self-signed", ports["own"], None),
        ("legacy", ports["1.0"], None),
        ("legacy and expired", ports["1.1, expired"], None),
        ("with our certificate", ports["asks"], None),
    ])
    with s.case("not at another destination"):
        reply = get(ports["old"], "other.test")
        same(reply.status, 502, "status")
