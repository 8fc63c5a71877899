"""Revocation lists fetched from where an origin's certificate says they are:
once for all that share one, as the account and by its rules, within bounds;
what can't be had or is no good counts as none."""
# timeout: 240
import subprocess
import time

from lib import scenario
from lib.badpki import AUTHORITY, LEAF, BadPki
from lib.expect import holds, same, within
from lib.servers import OpensslServer

with scenario.prepare() as s:
    pki = BadPki(s.pki)
    files = {}

    def serve_list(conn, request):
        body = files.get(request.start.split()[1])
        if body is None:
            conn.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return
        head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
        if request.start.split()[1] == "/slow.crl":
            conn.send(head + body[:10])
            time.sleep(12)
            return
        conn.send(head + body)

    lists = s.origin(serve_list)
    elsewhere = s.origin(serve_list, address="127.0.0.8")
    s.dns.names["crl.test"] = ["127.0.0.1"]
    s.dns.names["inner.test"] = ["127.0.0.8"]

    def leaf(name, file, host="crl.test", port=None, **rest):
        return pki.server(name, more=(
            "crlDistributionPoints = URI:http://%s:%d/%s" % (
                host, port or lists.port, file),), **rest)

    def der(path):
        return subprocess.run(
            ["openssl", "crl", "-in", path, "-outform", "DER"], check=True,
            capture_output=True).stdout

    leaf("fine", "a.crl")
    leaf("bad", "a.crl")
    leaf("fine2", "a.crl")
    leaf("gone", "gone.crl")
    leaf("forged", "forged.crl")
    leaf("old", "old.crl")
    leaf("huge", "huge.crl")
    leaf("slow", "slow.crl")
    leaf("web", "page.crl")
    leaf("inner", "a.crl", "inner.test", elsewhere.port)
    leaf("stapled", "never.crl")
    leaf("both", "a.crl", start="20200101000000Z", end="20210101000000Z")
    pki.server("nowhere")
    pki.revoke("bad")
    files["/a.crl"] = der(pki.crl("bad"))
    files["/page.crl"] = b"<html>please log in</html>"
    files["/huge.crl"] = files["/a.crl"] + b"\0" * (2 << 20)
    files["/slow.crl"] = files["/a.crl"]
    # one of the same name and another key, which revokes all
    pki.make("stranger", AUTHORITY, issuer=None, subject="/CN=origins ca")
    pki.revoke("forged", "stranger")
    files["/forged.crl"] = der(pki.crl("forged", "stranger", "forged.crl"))
    pki._openssl("ca", "-config", "bad.cnf", "-cert", "ca.crt", "-keyfile",
                 "ca.key", "-gencrl", "-crl_lastupdate", "20200101000000Z",
                 "-crl_nextupdate", "20200201000000Z", "-out", "old.crl")
    files["/old.crl"] = der(pki.path("old.crl"))
    staple = pki.staple("stapled")

    def start(name, *options):
        return s.keep(OpensslServer(s.dir, (
            pki.path(name + ".crt"), pki.path(name + ".key")),
            *options)).port

    ports = {name: start(name) for name in (
        "fine", "bad", "fine2", "gone", "forged", "old", "huge", "slow",
        "web", "inner", "nowhere", "both")}
    ports["stapled"] = start("stapled", "-status_file", staple)

    def rules(mode, more=""):
        return """decrypt all
revocation %s
allow to 127.0.0.1/32
deny to internal
allow to any
%s""" % (mode, more)

    def get(name, user="alice"):
        client = s.client(user)
        client.secure("www.test:%d" % ports[name])
        reply = client.get("/")
        client.close()
        return reply

    def asked(origin=lists):
        return [r.start.split()[1] for r in origin.requests]

    def check(name, want):
        with s.case(name):
            reply = get(name)
            if want is None:
                same(reply.status, 200, reply.text()[-600:])
            else:
                same(reply.status, 502, "status")
                within(want, reply.text(), "why")

    s.configure(rules("soft"), accounts=("alice", "bob"))
    s.proxy.start()
    check("bad", None)
    same(asked(), [], "nobody said fetch")

    s.proxy.configure(rules("soft fetch", "accept certificate %s error "
                            "expired to www.test" % pki.fingerprint("both")))
    s.proxy.reload()
    check("bad", "revoked")
    check("fine", None)
    check("fine2", None)
    check("bad", "revoked")
    check("both", None)
    same(asked(), ["/a.crl"], "fetched once for all")
    with s.case("another account uses the same"):
        same(get("bad", "bob").status, 502, "status")
        same(asked(), ["/a.crl"], "fetched")
    for name in ("nowhere", "gone", "gone", "forged", "old", "huge", "web",
                 "stapled", "inner"):
        check(name, None)
    with s.case("what was asked"):
        same(asked(), ["/a.crl", "/gone.crl", "/forged.crl", "/old.crl",
                       "/huge.crl", "/page.crl"], "each once")
        same(asked(elsewhere), [], "an internal address")
    with s.case("slow"):
        began = time.monotonic()
        same(get("slow").status, 200, "status")
        took = time.monotonic() - began
        holds(3 < took < 9, "took %.1f s" % took)

    s.proxy.configure(rules("hard fetch"))
    s.proxy.reload()
    for name, want in (("fine", None), ("bad", "revoked"), ("stapled", None),
                       ("nowhere", "not stapled"), ("gone", "not stapled"),
                       ("forged", "not stapled"), ("inner", "not stapled")):
        check(name, want)
