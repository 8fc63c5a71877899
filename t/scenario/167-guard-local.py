"""Where the kernel knows who logged in, a client on this machine is that
account: behind sudo, gone already, over mapped addresses; and a port that is
used again is whose it is now."""
import pwd

from lib import host, scenario
from lib.expect import same, within
from lib.process import free_port

host.own_host()

USER = "nobody"
UID = pwd.getpwnam(USER).pw_uid
ASK = """
import os, socket, struct, sys
to, port, url, source, how = sys.argv[1:]
family = socket.AF_INET6 if ":" in to else socket.AF_INET
s = socket.socket(family)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if int(source):
    s.bind(("127.0.0.1", int(source)))
s.connect((to, int(port)))
s.sendall(("GET %s HTTP/1.1\\r\\nHost: %s\\r\\n\\r\\n"
           % (url, url.split("/")[2])).encode())
if how == "close":
    s.close()
elif how == "die":
    os.kill(os.getpid(), 9)
else:
    if how == "half":
        s.shutdown(socket.SHUT_WR)
    s.settimeout(10)
    print(s.recv(4096).split(b"\\r\\n")[0].decode())
    # no TIME_WAIT: the port is free at once
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
"""

with scenario.prepare() as s:
    machine = s.keep(host.Host(s.dir))
    machine.configure("allow to any\n")
    machine.start()
    port, wide = free_port(), free_port()
    proxy = s.configure(
        "listen on 127.0.0.1 port %d accounts local\n"
        "listen on :: port %d accounts local\n"
        "allow user %s to any" % (port, wide, USER), trouble=True)
    proxy.start()
    origin = s.origin()

    def ask(login, uid, name, to="127.0.0.1", source=0, how="read"):
        return machine.python(
            ASK, login, uid, to, wide if to == "::1" else port,
            "http://%s/%s" % (origin.at, name), source, how)

    for name, uid, to in (("plain", UID, "127.0.0.1"),
                          ("sudo", 0, "127.0.0.1"), ("six", UID, "::1"),
                          ("six-sudo", 0, "::1"),
                          ("mapped", UID, "::ffff:127.0.0.1")):
        with s.case(name):
            same(ask(UID, uid, name, to), "HTTP/1.1 200 OK", "the answer")
            same(s.record(type="request", path="/" + name)["account"], USER,
                 "the record")
    for how in "half", "close", "die":
        with s.case("a client that is gone: " + how):
            ask(UID, 0, how, how=how)
            same(s.record(type="request", path="/" + how)["account"], USER,
                 "the record")
    with s.case("root without a login has to say a name"):
        within(" 407 ", ask(None, 0, "root"), "the answer")
    with s.case("somebody else is somebody else"):
        within(" 40", ask(1, 0, "other"), "the answer")
    with s.case("a port that is used again"):
        source = free_port()
        for _ in range(5):
            within(" 200 ", ask(UID, UID, "first", source=source), USER)
            within(" 407 ", ask(None, 0, "second", source=source), "root")
    with s.case("nobody but root reads who is who"):
        got = machine.python("""
import os
try:
    os.listdir("/sys/fs/bpf/sallyport")
    print("read")
except PermissionError:
    print("refused")
""", UID, UID)
        same(got, "refused", "the pins")
