"""An exception for an origin's certificate that was used stands in the record
of each request that went over such a connection: the first, those that follow
it, and those of a connection that resumed its TLS."""
import json

from lib import scenario
from lib.badpki import BadPki
from lib.expect import absent, holds, same
from lib.servers import OpensslServer

with scenario.prepare() as s:
    pki = BadPki(s.pki)
    old = dict(start="20200101000000Z", end="20210101000000Z")
    pki.server("old", **old)
    pki.server("both", san="DNS:other.test", **old)
    pki.server("fine")

    def serve(name, *options):
        pair = (pki.path(name + ".crt"), pki.path(name + ".key"))
        return s.keep(OpensslServer(s.dir, pair, *options)).port

    ports = {name: serve(name) for name in ("old", "both", "fine")}
    twelve = serve("old", "-tls1_2")
    s.configure("""decrypt all
allow to any
accept certificate %s error { expired, revoked } to www.test
accept certificate %s error expired to www.test
accept certificate %s error { wrong-name } to www.test
""" % tuple(pki.fingerprint(name) for name in ("old", "both", "both")))
    s.proxy.start()

    def get(port, paths=("/",)):
        client = s.client()
        client.secure("www.test:%d" % port)
        for path in paths:
            same(client.get(path).status, 200, "status")
        client.close()
        return [s.record(port=port, path=path, method="GET")
                for path in paths]

    def resumed():
        all_of = json.loads(s.proxy.status("--json"))["counters"]
        return sum(c.get("origins_resumed", 0) for c in all_of)

    with s.case("one fault"):
        for record in get(ports["old"], ("/1", "/2", "/3")):
            same(record["accepted_errors"], ["expired"], record["path"])
            same(record["tls_origin"], "TLSv1.3", "its TLS")
    with s.case("two faults, two exceptions"):
        same(get(ports["both"])[0]["accepted_errors"],
             ["expired", "wrong-name"], "faults")
    with s.case("none"):
        absent("accepted_errors", get(ports["fine"])[0], "the record")
    for name, port in (("TLS 1.3", ports["old"]), ("TLS 1.2", twelve)):
        with s.case("a connection that resumes, " + name):
            before = resumed()
            for n in range(4):
                path = "/resumed-%d" % n
                same(get(port, (path,))[0]["accepted_errors"], ["expired"],
                     path)
            holds(resumed() > before, "nothing was resumed")
