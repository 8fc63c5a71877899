"""Names that don't exist, ports that refuse, origins that are silent: a page
with the right status, over http and inside CONNECT."""
from lib import scenario
from lib.expect import holds, same, within
from lib.process import free_port

RULES = """decrypt all
timeout connect 2s
timeout response 2s
timeout resolve 2s
timeout handshake 4s
allow to any"""

with scenario.start(RULES, dns={"empty.test": [],
                                "silent.test": ["silence"]}) as s:
    silent = s.origin(lambda conn, request: conn.exactly(1) and False)
    mute = s.origin(serve=lambda conn: conn.exactly(100000))
    gone = free_port()
    cases = [
        ("no such name", "nowhere.example:80", (502, 504)),
        ("no address", "empty.test:80", (502, 504)),
        ("silent name server", "silent.test:80", (502, 504)),
        ("refused", "www.test:%d" % gone, (502,)),
        ("no answer", silent.named("www.test"), (504,)),
    ]
    for name, target, statuses in cases:
        with s.case(name):
            reply = s.client().get("http://%s/" % target)
            holds(reply.status in statuses, reply.start)
            within("text/html", reply.get("Content-Type"), "type")
            within(target.partition(":")[0], reply.text(), "the host")
    for name, target, statuses in cases[:4] + [
            ("no handshake", mute.named("www.test"), (502, 504))]:
        with s.case(name + ", decrypted"):
            client = s.client()
            client.secure(target)
            reply = client.get("/")
            holds(reply.status in statuses, reply.start)
            within(target.partition(":")[0], reply.text(), "the host")
    # CONNECT to what is not decrypted has nothing but its status
    s.proxy.configure("timeout connect 2s\nallow to any")
    s.proxy.reload()
    with s.case("tunnel"):
        same(s.client().connect("www.test:%d" % gone).status, 502, "status")
