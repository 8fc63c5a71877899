"""Without a rule that matches, the public is allowed and the internal denied,
address by address: a name that has both is dialled on its public one only."""
import os
import subprocess
import sys
from lib import scenario
from lib.expect import same

scenario.need_root("a network namespace with public addresses")
if "SCENARIO_NETNS" not in os.environ:
    # public addresses, but on the loopback of a network of our own
    os.environ["SCENARIO_NETNS"] = "1"
    if subprocess.run(["unshare", "-n", "true"], check=False,
                      capture_output=True).returncode:
        print("SKIP: no network namespaces here")
        sys.exit(77)
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
for address in ("1.2.3.4", "10.1.2.3"):
    subprocess.run(["ip", "addr", "add", address + "/32", "dev", "lo"],
                   check=True)

CASES = [
    ("public.test", 200), ("1.2.3.4", 200), ("0x01.0x02.0x304", 200),
    ("internal.test", 403), ("10.1.2.3", 403), ("loop.test", 403),
    ("mixed.test", 200), ("listed.test", 403),
]

with scenario.start("""decrypt all
internal { 10.0.0.0/8, listed.test }""", dns={
        "public.test": ["1.2.3.4"], "internal.test": ["10.1.2.3"],
        "loop.test": ["127.0.0.1"], "mixed.test": ["10.1.2.3", "1.2.3.4"],
        "listed.test": ["1.2.3.4"]}) as s:
    public = s.origin(address="1.2.3.4")
    hidden = [s.origin(address=a, port=public.port)
              for a in ("10.1.2.3", "127.0.0.1")]
    for name, status in CASES:
        with s.case(name):
            reply = s.client().get("http://%s:%d/" % (name, public.port))
            same(reply.status, status, reply.start)
    same([h.connections for h in hidden], [[], []],
         "connections to internal addresses")
    # the name's address changes between two requests of a connection
    client = s.client()
    same(client.get("http://%s/" % public.named("public.test")).status, 200,
         "before")
    s.dns.names["turned.test"] = ["10.1.2.3"]
    same(client.get("http://%s/" % public.named("turned.test")).status, 403,
         "a name that leads inside now")
