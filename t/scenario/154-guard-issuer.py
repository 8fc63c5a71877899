"""Where the kernel lets nothing out that is nobody's, a missing issuer's
certificate is fetched as the account whose request needs it, and by its
rules."""
from lib import kernel, scenario
from lib.badpki import AUTHORITY, BadPki
from lib.expect import absent, same, within

scenario.need_root("BPF and cgroups")
kernel.own_bpffs()

RULES = """guard packets require
decrypt all
allow user alice to *.test
allow user bob to www.test
"""

with scenario.prepare() as s:
    pki = BadPki(s.pki)
    pki.make("middle", AUTHORITY)
    issuer = s.origin(lambda conn, request: conn.send(
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
        % len(pki.der("middle")) + pki.der("middle")))
    aia = "authorityInfoAccess = caIssuers;URI:http://aia.test:%d/m.crt"
    secure = s.origin(tls=pki.server("lost", issuer="middle",
                                     more=(aia % issuer.port,)))
    proxy = s.configure(RULES, accounts=("alice", "bob"))
    kernel.start_or_skip(s, proxy)
    s.open.insert(0, kernel.Group(kernel.cgroup_of(proxy.pids("proxy")[0])))

    def get(user):
        client = s.client(user)
        client.secure(secure.named("www.test"))
        return client.get("/")

    with s.case("one who may not go there"):
        reply = get("bob")
        same(reply.status, 502, "status")
        within("issuer is not known", reply.text(), "why")
        same(issuer.requests, [], "fetched")
    with s.case("one who may"):
        same(get("alice").status, 200, "status")
        same(len(issuer.requests), 1, "fetched")
    absent("denied", proxy.log(), "what the kernel dropped")
