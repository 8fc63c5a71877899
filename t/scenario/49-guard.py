"""The kernel judges the workers' packets: an account's connection works, a
socket of nobody sends nothing, a changed rule cuts what is open, and the
filter outlives whoever is killed."""
import glob
import os
import re
import signal
import subprocess
import sys
import time

from lib import scenario
from lib.expect import absent, holds, same, within
from lib.process import wait_until

scenario.need_root("BPF and cgroups")
if "SCENARIO_BPFFS" not in os.environ:
    # a BPF file system of our own: pins are gone with it
    os.environ["SCENARIO_BPFFS"] = "1"
    probe = subprocess.run(
        ["unshare", "-m", "sh", "-c", "mount -t bpf bpf /sys/fs/bpf"],
        check=False, capture_output=True)
    if probe.returncode:
        print("SKIP: no BPF file system here")
        sys.exit(77)
    os.execvp("unshare", ["unshare", "-m", "sh", "-c",
                          'mount -t bpf bpf /sys/fs/bpf && exec "$@"', "sh",
                          sys.executable, *sys.argv])

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


def cgroup_of(pid):
    with open("/proc/%d/cgroup" % pid, encoding="ascii") as file:
        path = re.search(r"^0::(.*)$", file.read(), re.M).group(1)
    root = next(line.split()[1] for line in open("/proc/mounts",
                encoding="utf-8") if line.split()[2] == "cgroup2")
    return root + path


def inside(group, code):
    """What a program prints that runs where the workers do."""
    def enter():
        with open(group + "/cgroup.procs", "w", encoding="ascii") as file:
            file.write(str(os.getpid()))
    return subprocess.run([sys.executable, "-c", code], text=True, timeout=20,
                          capture_output=True, check=False,
                          preexec_fn=enter).stdout.strip()


def status_of(pid, field):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return re.search(field + r":\s*(\S+)", file.read()).group(1)


def bpf_fds(pid):
    found = [os.readlink(fd) for fd in glob.glob("/proc/%d/fd/*" % pid)]
    return [name for name in found if "bpf" in name]


def remove(group):
    """After a failure too: whoever is in it has been ended by then."""
    for _ in range(50):
        try:
            os.rmdir(group)
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.1)


class Group:  # for scenario.keep: closed after the proxy
    def __init__(self, path):
        self.path = path

    def close(self):
        remove(self.path)


with scenario.prepare() as s:
    plain = s.origin()
    secure = s.origin(tls="good")
    raw = s.origin(serve=echo)
    rules = RULES % raw.port
    proxy = s.configure(rules, accounts=("alice", "bob"), trouble=True)
    try:
        proxy.start()
    except Exception:  # pylint: disable=broad-except
        refused = re.search(r"error: (.*(cgroup2|programs|guard).*)",
                            proxy.log())
        if not refused:
            raise
        s.proxy = None
        print("SKIP: %s" % refused.group(1))
        sys.exit(77)
    worker, guard = proxy.pids("proxy")[0], proxy.pids("guard")[0]
    group = cgroup_of(worker)
    s.open.insert(0, Group(group))

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
        got = s.record(type="packet", account="alice")
        same((got["hook"], got["protocol"], got["port"], got["reason"]),
             ("packet", "tcp", raw.port, "rule"), "the record")
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
