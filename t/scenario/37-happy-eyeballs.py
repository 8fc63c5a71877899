"""A name with several addresses: one that is refused costs no time, and each
address is judged by itself: an internal one among others is not dialled."""
import time
from lib import scenario
from lib.expect import holds, same

with scenario.start("deny to 127.0.0.3/32\nallow to any", dns={
        "two.test": ["127.0.0.2", "127.0.0.1"],
        "v6.test": ["::1", "127.0.0.1"],
        "denied.test": ["127.0.0.3"],
        "mixed.test": ["127.0.0.3", "127.0.0.1"]}) as s:
    origin = s.origin()
    hidden = s.origin(address="127.0.0.3", port=origin.port)
    for name in ("two.test", "v6.test", "mixed.test"):
        with s.case(name):
            began = time.monotonic()
            reply = s.client().get("http://%s/" % origin.named(name))
            same(reply.status, 200, reply.start)
            holds(time.monotonic() - began < 2, "in time")
    reply = s.client().get("http://%s/" % origin.named("denied.test"))
    same(reply.status, 403, "a name whose only address is denied")
    same(hidden.connections, [], "connections to the denied address")
    same(s.record(host="two.test", status=200)["account"], "alice", "record")
