"""The kernel judges the workers' packets: an account's connection works, a
socket of nobody sends nothing, a changed rule cuts what is open, and the
filter outlives whoever is killed."""
import glob
import os
import signal
import time

from lib import kernel, scenario
from lib.expect import absent, holds, same, within
from lib.kernel import bpf_fds, cgroup_of, inside, status_of
from lib.process import wait_until

scenario.need_root("BPF and cgroups")
kernel.own_bpffs()

RULES = """guard packets require
decrypt all except port %d
foreign allow
allow user alice to { 127.0.0.1, *.test }
deny to internal
"""
TRY = """
import errno, socket
s = socket.socket(socket.AF_INET, socket.SOCK_%s)
try:
    s.connect(("127.0.0.1", %d))
    s.send(b"x")
    print("sent")
except OSError as e:
    print(errno.errorcode[e.errno])
"""


def echo(conn):
    while True:
        data = conn.sock.recv(100)
        if not data:
            return
        conn.send(data)


with scenario.prepare() as s:
    plain = s.origin()
    secure = s.origin(tls="good")
    raw = s.origin(serve=echo)
    rules = RULES % raw.port
    proxy = s.configure(rules, accounts=("alice", "bob"), trouble=True)
    kernel.start_or_skip(s, proxy)
    worker, guard = proxy.pids("proxy")[0], proxy.pids("guard")[0]
    group = cgroup_of(worker)
    s.open.insert(0, kernel.Group(group))

    with s.case("who holds what"):
        same(bpf_fds(worker), [], "BPF descriptors of a worker")
        holds(bpf_fds(guard), "the guard has none")
        for pid in worker, guard:
            same(int(status_of(pid, "CapEff"), 16), 0, "capabilities")
            holds(int(status_of(pid, "Uid")) != 0, "it is root")
        holds("sallyport-" in group, "the worker's cgroup: " + group)
        holds(cgroup_of(guard) != group, "the guard is filtered, too")
    with s.case("an account's connections work"):
        same(s.client().get("http://%s/" % plain.at).body, b"hello", "plain")
        client = s.client()
        client.secure(secure.named("www.test"))
        same(client.get("/").body, b"hello", "decrypted, by name")
        same(s.client("bob").get("http://%s/" % plain.at).status, 403, "bob")
    with s.case("a socket of nobody sends nothing"):
        same(inside(group, TRY % ("STREAM", plain.port)), "EPERM", "TCP")
        same(inside(group, TRY % ("DGRAM", plain.port)), "EPERM", "UDP")
        wait_until(lambda: "denied a socket of nobody" in proxy.log(), 5,
                   "the denial in the log")
        got = s.record(type="packet", protocol="udp")
        same(got["address"], "127.0.0.1:%d" % plain.port, "address")
        same((got["v"], got["verdict"], got["reason"], got["program"]),
             (1, "deny", "no-tag", "python3"), "the record")
        absent("account", got, "the record")
    with s.case("a changed rule cuts what is open"):
        tunnel = s.client()
        same(tunnel.connect(raw.at).status, 200, "CONNECT")
        tunnel.send(b"one")
        same(tunnel.sock.recv(3), b"one", "echo")
        proxy.configure(rules.replace("allow user alice to {",
                                      "deny user alice to {"))
        proxy.reload()
        tunnel.send(b"two")
        tunnel.sock.settimeout(1)
        try:
            got = tunnel.sock.recv(3)
        except OSError:
            got = None
        holds(not got, "an answer came: %r" % got)
        got = s.record(type="packet", account="alice", port=raw.port)
        same((got["hook"], got["protocol"], got["reason"]),
             ("packet", "tcp", "rule"), "the record")
        holds(int(got["session"]) > 0 and got["number"] > 0, "who: %r" % got)
        within("proxy.conf:", got["rule"], "the record's rule")
        same(s.client().get("http://%s/" % plain.at).status, 403, "anew")
        tunnel.close()
        proxy.configure(rules)
        proxy.reload()
        same(s.client().get("http://%s/" % plain.at).status, 200, "again")
    with s.case("a killed guard comes back and cuts nobody"):
        tunnel = s.client()
        same(tunnel.connect(raw.at).status, 200, "CONNECT")
        os.kill(guard, signal.SIGKILL)
        wait_until(lambda: proxy.pids("guard") not in ([], [guard]), 15,
                   "a new guard")
        time.sleep(0.5)
        same(inside(group, TRY % ("DGRAM", plain.port)), "EPERM", "nobody")
        tunnel.sock.settimeout(5)
        tunnel.send(b"three")
        same(tunnel.sock.recv(5), b"three", "echo")

        def works():
            return s.client().get("http://%s/" % plain.at).status == 200
        wait_until(works, 10, "new connections")
        tunnel.close()
    with s.case("status knows of it"):
        within('"tagged"', proxy.status("--json"), "status")
    with s.case("a killed supervisor leaves the filter, the next takes over"):
        os.kill(proxy.process.pid, signal.SIGKILL)
        proxy.process.wait(10)
        same(inside(group, TRY % ("DGRAM", plain.port)), "EPERM", "nobody")
        os.rename(proxy.path("stderr"), proxy.path("stderr.1"))
        proxy.start()
        same(cgroup_of(proxy.pids("proxy")[0]), group, "the same cgroup")
        same(inside(group, TRY % ("DGRAM", plain.port)), "EPERM", "nobody")
        same(s.client().get("http://%s/" % plain.at).status, 200, "alice")
        absent("not pinned", proxy.log(), "log")
    with s.case("a stop leaves nothing behind"):
        proxy.stop()
        wait_until(lambda: not os.path.exists(group), 5, "no cgroup")
        same(glob.glob("/sys/fs/bpf/sallyport*"), [], "pins")
        s.proxy = None
