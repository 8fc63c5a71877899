"""With --close-forbidden, connections that new rules forbid end at once, and no
others; without it they stall. The process that does it has one capability
and outlives nobody."""
import os
import select
import socket

from lib import host, kernel, scenario
from lib.expect import holds, same, within
from lib.process import children_of, command_of, wait_until

host.own_host()

ALLOWED = """allow user daemon to { 127.0.0.1, 127.0.0.2, ::1 }
allow user bin to 127.0.0.1
deny to any
"""
DENIED = ALLOWED.replace("{ 127.0.0.1, 127.0.0.2, ::1 }", "127.0.0.2")
CLIENT = """
import errno, socket, sys
s = socket.create_connection((sys.argv[1], int(sys.argv[2])))
print("connected", flush=True)
try:
    print("got %r" % s.recv(10), flush=True)
except OSError as e:
    print(errno.errorcode[e.errno], flush=True)
"""
NET_ADMIN = 1 << 12


class Client:
    def __init__(self, machine, listener, address, login, uid):
        self.child = machine.popen(
            ["python3", "-c", CLIENT, address,
             str(listener.getsockname()[1])], login, uid, stdout=-1)
        self.end, _ = listener.accept()
        same(self.child.stdout.readline(), "connected\n", "a client")

    def says(self, seconds=5):
        if select.select([self.child.stdout], [], [], seconds)[0]:
            return self.child.stdout.readline().strip()
        return None

    def served(self):
        self.end.sendall(b"x")
        return self.says()


def helper_of(machine):
    return [pid for pid in children_of(machine.daemon.pid)
            if "guard" in command_of(pid)]


with scenario.prepare() as s:
    machine = s.keep(host.Host(s.dir))
    machine.configure(ALLOWED)
    machine.start("--close-forbidden")
    any4 = socket.create_server(("", 0))
    any6 = socket.create_server(("::", 0), family=socket.AF_INET6)
    mapped = socket.create_server(("::", 0), family=socket.AF_INET6,
                                  dualstack_ipv6=True)
    with s.case("who has what"):
        helper = helper_of(machine)
        same(len(helper), 1, "helpers")
        for field in "CapPrm", "CapEff":
            same(int(kernel.status_of(helper[0], field), 16), NET_ADMIN,
                 "the helper's " + field)
            same(int(kernel.status_of(machine.daemon.pid, field), 16), 0,
                 "the daemon's " + field)
        # one more while it looks at what is open
        wait_until(lambda: len(os.listdir("/proc/%d/fd" % helper[0])) == 6, 5,
                   "six descriptors")
    with s.case("new rules close what they forbid"):
        gone = [Client(machine, any4, "127.0.0.1", 1, 1),
                Client(machine, any4, "127.0.0.1", 1, 0),
                Client(machine, any6, "::1", 1, 1),
                Client(machine, mapped, "::ffff:127.0.0.1", 1, 1)]
        stays = [Client(machine, any4, "127.0.0.2", 1, 1),
                 Client(machine, any4, "127.0.0.1", 2, 2),
                 Client(machine, any4, "127.0.0.1", None, 0)]
        machine.reload(DENIED)
        for client in gone:
            same(client.says(), "ECONNABORTED", "forbidden")
            # no packet leaves any more: a reset, neither
            client.end.settimeout(0.1)
            try:
                holds(False, "the peer got %r" % client.end.recv(1))
            except TimeoutError:
                pass
        for client in stays:
            same(client.served(), "got b'x'", "allowed")
        wait_until(lambda: "closed 4 connections" in machine.log(), 5,
                   "the number in the log")
    with s.case("what was open before the daemon and is forbidden ends, too"):
        machine.configure(ALLOWED)
        machine.daemon.stop()
        same(helper_of(machine), [], "the helper without a daemon")
        machine.verb("off")
        early = Client(machine, any4, "127.0.0.3", 1, 1)
        machine.start("--close-forbidden")
        same(early.says(), "ECONNABORTED", "forbidden")
    with s.case("observing closes nothing"):
        client = Client(machine, any4, "127.0.0.1", 1, 1)
        machine.reload("guard packets observe\n" + DENIED)
        same(client.says(1), None, "closed")
        same(client.served(), "got b'x'", "a client")
    with s.case("a killed helper is said, and the filter stays"):
        machine.reload(ALLOWED)
        client = Client(machine, any4, "127.0.0.1", 1, 1)
        os.kill(helper_of(machine)[0], 9)
        wait_until(lambda: "nothing closes" in machine.log(), 5, "the log")
        machine.reload(DENIED)
        same(client.served(), "got b'x'", "what arrives")
    with s.case("without the option connections stall"):
        machine.configure(ALLOWED)
        machine.daemon.stop()
        machine.start()
        same(helper_of(machine), [], "helpers")
        client = Client(machine, any4, "127.0.0.1", 1, 1)
        machine.reload(DENIED)
        same(client.says(1), None, "closed")
    within("7 programs", machine.verb("status"), "status")
