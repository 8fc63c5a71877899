"""A client on this machine is the account that runs it, where the listener
says so; root, others and another listener are asked for a password."""
import os
import pwd
import subprocess
import sys

from lib import scenario
from lib.expect import same, within
from lib.process import free_port

scenario.need_root("to run a client as somebody else")

USER = "nobody"
UID = pwd.getpwnam(USER).pw_uid
ASK = """
import os, socket, sys
port, uid, url, login = sys.argv[1:]
if int(uid):
    os.setgroups([]); os.setgid(int(uid)); os.setuid(int(uid))
s = socket.create_connection(("127.0.0.1", int(port)), 10)
for _ in range(2):
    s.sendall(("GET %s HTTP/1.1\\r\\nHost: %s\\r\\n%s\\r\\n"
               % (url, url.split("/")[2], login)).encode())
    got = b""
    while b"\\r\\n\\r\\n" not in got:
        more = s.recv(65536)
        if not more:
            break
        got += more
    print(got.split(b"\\r\\n")[0].decode())
    if b" 200 " not in got:
        break
    while b"hello" not in got:
        got += s.recv(65536)
"""


def ask(port, uid, url, login=""):
    return subprocess.run(
        [sys.executable, "-c", ASK, str(port), str(uid), url, login],
        capture_output=True, text=True, timeout=30, check=True,
        cwd="/").stdout.split("\n")[:-1]


port = free_port()
with scenario.start("listen on 127.0.0.1 port %d accounts local\n"
                    "allow user { %s, alice } to any" % (port, USER)) as s:
    origin = s.origin()
    url = "http://%s/" % origin.at
    with s.case("who runs the client is who it is"):
        same(ask(port, UID, url), ["HTTP/1.1 200 OK"] * 2, "no password")
        same(s.record(account=USER)["account"], USER, "the record")
    with s.case("root has to say a name"):
        within(" 407 ", ask(port, 0, url)[0], "root")
    with s.case("a password is taken there, too"):
        client = s.client()
        client.port = port
        same(client.get(url).status, 200, "alice")
    with s.case("another listener asks as ever"):
        within(" 407 ", ask(s.proxy.port, UID, url)[0], USER)
    with s.case("an account without rights"):
        s.proxy.configure("listen on 127.0.0.1 port %d accounts local\n"
                          "deny user %s" % (port, USER))
        s.proxy.reload()
        within(" 403 ", ask(port, UID, url)[0], USER)
