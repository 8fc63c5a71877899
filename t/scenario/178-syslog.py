"""Records that go to syslog: one datagram each, whole, in the order of what
happened; and the proxy serves people when nobody takes them."""
import json
import os
import re
import socket
import stat
import subprocess
import sys
import threading

from lib import scenario
from lib.expect import holds, same, within
from lib.process import wait_until

scenario.need_root("a /dev of its own")
if "SCENARIO_MOUNTS" not in os.environ:
    # /dev/log is this scenario's alone: the system's log hears nothing
    probe = subprocess.run(["unshare", "-m", "true"], check=False,
                           capture_output=True)
    if probe.returncode:
        print("SKIP: no mount namespaces here")
        sys.exit(77)
    os.environ["SCENARIO_MOUNTS"] = "1"
    os.execvp("unshare", ["unshare", "-m", "--propagation", "private",
                          sys.executable, *sys.argv])

DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8),
           "urandom": (1, 9)}
LINE = re.compile(rb"<134>sallyport\[(\d+)\]: (\{.*\})", re.S)


def own_dev():
    """A /dev with a few devices and room for a log. The real one is never
    anywhere below what this scenario removes in the end."""
    os.umask(0o022)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "none",
                    "/dev"], check=True)
    for name, (major, minor) in DEVICES.items():
        os.mknod("/dev/" + name, 0o666 | stat.S_IFCHR,
                 os.makedev(major, minor))
        os.chmod("/dev/" + name, 0o666)
    os.mkdir("/dev/shm")


class Log:
    """Who takes what is sent to /dev/log."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        self.lines = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        try:
            while line := self.sock.recv(1 << 20):
                self.lines.append(line)
        except OSError:
            pass

    def requests(self):
        """The records of requests, parsed."""
        found = []
        for line in list(self.lines):
            parts = LINE.fullmatch(line)
            holds(parts, "no record: %r" % line)
            record = json.loads(parts.group(2))
            if record["type"] == "request":
                found.append((int(parts.group(1)), record))
        return found

    def close(self):
        os.unlink("/dev/log")
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


with scenario.prepare() as s:
    own_dev()
    log = Log()
    s.configure("decrypt all\ndeny to denied.test\nallow to any",
                record="syslog").start()
    origin, secure = s.origin(), s.origin(tls="good")
    client = s.client()
    for n in range(30):
        same(client.get("http://%s/%d" % (origin.at, n)).status, 200, "GET")
    inside = s.client()
    inside.secure(secure.named("www.test"))
    same(inside.get("/inside").status, 200, "inside")
    same(s.client().get("http://denied.test/no").status, 403, "denied")
    # what people send must not end a record or begin another
    odd = "/" + "x" * 3000 + "%0a%3c134%3e\x7b\"\x7d"
    s.client().get("http://%s%s" % (origin.at, odd))

    with s.case("each is there"):
        wait_until(lambda: len(log.requests()) >= 33, 5, "the records")
        records = [record for _, record in log.requests()]
        paths = [r.get("path", "") for r in records]
        same([path for path in paths if path[1:].isdigit()],
             ["/%d" % n for n in range(30)], "in their order")
        found = {r["path"]: r for r in records if "path" in r}
        same((found["/inside"]["scheme"], found["/inside"]["account"]),
             ("https", "alice"), "inside")
        same((found["/no"]["reason"], found["/no"]["status"]),
             ("denied", 403), "denied")
        same(len({pid for pid, _ in log.requests()}), 1, "who says so")
    with s.case("nobody takes them"):
        log.close()
        for n in range(5):
            same(client.get("http://%s/" % origin.at).status, 200, "GET")
        wait_until(lambda: "record" in s.proxy.log().rpartition("ready")[2],
                   5, "a word in the log:\n" + s.proxy.log())
    with s.case("somebody does again"):
        log = Log()
        s.proxy.reload()
        same(s.client().get("http://%s/again" % origin.at).status, 200,
             "GET")
        wait_until(lambda: any(r.get("path") == "/again"
                               for _, r in log.requests()), 5, "the record")
    s.proxy.trouble = True
