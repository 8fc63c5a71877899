"""guard connections close: a tunnel that new rules forbid ends at once, others
go on; the process that does it has one capability, and where it can't be had
tunnels stall as before."""
import os
import shutil

from lib import kernel, scenario
from lib.expect import Skip, holds, same, within
from lib.process import children_of, wait_until

scenario.need_root("BPF and cgroups")
kernel.own_bpffs()

RULES = """guard packets require
guard connections %s
decrypt none
allow user alice to 127.0.0.1 port %d
allow user bob to 127.0.0.1 port %d
deny to any
"""
NET_ADMIN = 1 << 12


def echo(conn):
    while True:
        data = conn.sock.recv(100)
        if not data:
            return
        conn.send(data)


def named(pid):
    with open("/proc/%d/comm" % pid, encoding="ascii") as file:
        return file.read().strip()


def helpers(proxy):
    return [pid for pid in children_of(proxy.process.pid)
            if named(pid) == "sallyport-close"]


def opened(s, user, raw):
    tunnel = s.client(user)
    same(tunnel.connect(raw.at).status, 200, "CONNECT")
    tunnel.send(b"one")
    same(tunnel.sock.recv(3), b"one", "echo")
    return tunnel


with scenario.prepare() as s:
    if not shutil.which("setpriv"):
        raise Skip("no setpriv")
    raw = s.origin(serve=echo)
    rules = RULES % ("close", raw.port, raw.port)
    denied = rules.replace("allow user alice", "deny user alice")
    proxy = s.configure(rules, accounts=("alice", "bob"), trouble=True)
    kernel.start_or_skip(s, proxy)
    group = kernel.cgroup_of(proxy.pids("proxy")[0])
    s.open.insert(0, kernel.Group(group))
    with s.case("who has what"):
        same(len(helpers(proxy)), 1, "helpers")
        helper = helpers(proxy)[0]
        for field in "CapPrm", "CapEff":
            same(int(kernel.status_of(helper, field), 16), NET_ADMIN, field)
        # one more while it looks at what is open
        wait_until(lambda: len(os.listdir("/proc/%d/fd" % helper)) == 6, 5,
                   "six descriptors")
    with s.case("what new rules forbid ends, and nothing else"):
        alices, bobs = opened(s, "alice", raw), opened(s, "bob", raw)
        proxy.configure(denied)
        proxy.reload()
        alices.sock.settimeout(5)
        try:
            same(alices.sock.recv(1), b"", "alice's tunnel")
        except ConnectionResetError:
            pass
        wait_until(lambda: "closed 1 connections" in proxy.log(), 5, "log")
        bobs.send(b"two")
        same(bobs.sock.recv(3), b"two", "bob's tunnel")
        proxy.configure(rules)
        proxy.reload()
        opened(s, "alice", raw).close()
    with s.case("a killed helper is said, and the proxy goes on"):
        os.kill(helpers(proxy)[0], 9)
        wait_until(lambda: "nothing closes" in proxy.log(), 5, "the log")
        opened(s, "alice", raw).close()
    with s.case("it ends with the proxy"):
        proxy.stop()
        os.rename(proxy.path("stderr"), proxy.path("stderr.1"))
        proxy.start()
        helper = helpers(proxy)[0]
        os.kill(proxy.process.pid, 9)
        proxy.process.wait(10)
        wait_until(lambda: not os.path.exists("/proc/%d" % helper), 5, "end")
    with s.case("without CAP_PERFMON it is said, and tunnels stall"):
        path = os.path.join(s.dir, "limited")
        with open(path, "w", encoding="ascii") as file:
            file.write("#!/bin/sh\nexec setpriv --bounding-set=-perfmon,"
                       "-sys_admin %s \"$@\"\n" % os.path.abspath(
                           os.environ["SALLYPORT"]))
        os.chmod(path, 0o755)
        os.environ["SALLYPORT"] = path
        os.rename(proxy.path("stderr"), proxy.path("stderr.2"))
        proxy.start()
        within("can't be closed (CAP_PERFMON", proxy.log(), "the log")
        same(helpers(proxy), [], "helpers")
        tunnel = opened(s, "alice", raw)
        proxy.configure(denied)
        proxy.reload()
        tunnel.sock.settimeout(1)
        try:
            holds(False, "alice's tunnel: %r" % tunnel.sock.recv(1))
        except TimeoutError:
            pass
