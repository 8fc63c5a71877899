"""What an account's rule puts on its packets is really there: source address
and mark, seen by the origin and by the kernel's own socket list."""
import os
import subprocess
import sys
from lib import scenario
from lib.expect import holds, same, within

scenario.need_root("SO_MARK and a network namespace")
if "SCENARIO_NETNS" not in os.environ:
    # a network of our own: marks and addresses touch nobody else's
    os.environ["SCENARIO_NETNS"] = "1"
    probe = subprocess.run(["unshare", "-n", "true"], check=False,
                           capture_output=True)
    if probe.returncode:
        print("SKIP: no network namespaces here")
        sys.exit(77)
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])

subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

with scenario.start(
        "user alice mark 7 source 127.0.0.7 dscp 10\n"
        "everyone mark 9\nallow to any", accounts=("alice", "bob")) as s:
    def where(conn, request):
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    origin = s.origin(where)
    for user, source, mark in (("alice", "127.0.0.7", "0x7"),
                               ("bob", "127.0.0.1", "0x9")):
        client = s.client(user)
        same(client.get("http://%s/" % origin.at).status, 200, user)
        same(origin.connections[-1][0], source, "source of " + user)
        # the connection is idle in the pool now; the kernel lists its mark
        listed = subprocess.run(
            ["ss", "-tnHeo", "dst", "127.0.0.1:%d" % origin.port],
            capture_output=True, text=True, check=True).stdout
        lines = [n for n in listed.splitlines() if source + ":" in n]
        holds(lines, "ss lists no connection from " + source)
        within("fwmark:" + mark, " ".join(lines), "mark of " + user)
