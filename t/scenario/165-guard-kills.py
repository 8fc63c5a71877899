"""Whoever is killed, restarted or upgraded, on a host or of a proxy: at no
moment does a packet leave that the rules deny."""
import os
import signal
import sys
import time

from lib import host, kernel, scenario
from lib.expect import holds, same
from lib.process import wait_until

host.own_host()

# Sends as fast as it goes, and counts what passed until it is told to stop.
FLOOD = """
import select, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
t = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
t.setblocking(False)
passed = refused = 0
print("up", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    for i in range(200):
        try:
            s.sendto(b"x", ("127.0.0.3", 9))
            passed += 1
        except PermissionError:
            refused += 1
        # a socket of its own, as sockets that are new must be caught, too
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u:
            try:
                u.connect(("127.0.0.3", 9))
                passed += 1
            except PermissionError:
                refused += 1
print(passed, refused > 1000, flush=True)
"""
DAEMON = 1
HOST = "deny to 127.0.0.3\nallow to any\n"
PROXY = """guard packets require
allow user alice to 127.0.0.1
deny to internal
"""
PLAIN = [sys.executable, "-c", FLOOD]


class Flood:
    def __init__(self, child):
        self.child = child
        same(child.stdout.readline(), "up\n", "the flood")

    def ends(self):
        """How much has passed, and whether it was a flood."""
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        return self.child.stdout.readline().strip()


with scenario.prepare() as s:
    machine = s.keep(host.Host(s.dir))
    machine.configure(HOST)
    machine.start("--close-forbidden")
    flood = Flood(machine.popen(PLAIN, DAEMON, DAEMON, stdin=-1, stdout=-1))
    with s.case("a host: restarts"):
        for _ in range(3):
            machine.daemon.stop()
            machine.start("--close-forbidden")
            time.sleep(0.1)
    with s.case("a host: reloads"):
        for _ in range(5):
            machine.reload(HOST)
    with s.case("a host: kills"):
        for _ in range(3):
            machine.kill()
            time.sleep(0.1)
            machine.start("--close-forbidden")
    with s.case("a host: an upgrade to another layout"):
        machine.daemon.stop()
        name = os.listdir(machine.pins)[0]
        os.mkdir(machine.pins + "/host-1")
        for pin in os.listdir("%s/%s" % (machine.pins, name)):
            os.rename("%s/%s/%s" % (machine.pins, name, pin),
                      "%s/host-1/%s" % (machine.pins, pin))
        os.rmdir("%s/%s" % (machine.pins, name))
        machine.start()
        same(os.listdir(machine.pins), [name], "what is pinned")
    with s.case("a host: nothing passed"):
        same(flood.ends(), "0 True", "packets that passed")

    origin = s.origin()
    url = "http://%s/" % origin.at
    proxy = s.configure(PROXY, trouble=True)
    kernel.start_or_skip(s, proxy)
    group = kernel.cgroup_of(proxy.pids("proxy")[0])
    s.open.insert(0, kernel.Group(group))
    flood = Flood(machine.popen(PLAIN, group=group, stdin=-1, stdout=-1))

    def works():
        try:
            return s.client().get(url).status == 200
        except (OSError, EOFError):
            return False

    for role in "proxy", "guard", "directory", "signer":
        with s.case("a proxy: its %s is killed" % role):
            before = proxy.pids(role)
            holds(before, "no " + role)
            for pid in before:
                os.kill(pid, signal.SIGKILL)
            wait_until(lambda: proxy.pids(role) not in ([], before), 15,
                       "another " + role)
            wait_until(works, 15, "alice's connections")
    with s.case("a proxy: reloads"):
        for _ in range(3):
            proxy.reload()
    with s.case("a proxy: all are killed at once, and it starts again"):
        everybody = [pid for role in ("proxy", "guard", "directory", "signer")
                     for pid in proxy.pids(role)]
        for pid in (proxy.process.pid, *everybody):
            os.kill(pid, signal.SIGKILL)
        proxy.process.wait(10)
        os.rename(proxy.path("stderr"), proxy.path("stderr.1"))
        proxy.start()
        wait_until(works, 15, "alice's connections")
    with s.case("a proxy: nothing passed"):
        same(flood.ends(), "0 True", "packets that passed")
