"""The proxy loads the filter with just CAP_BPF and CAP_NET_ADMIN beside what
its unit gives it anyway, keeps neither, and says what is missing."""
import os
import shutil
import sys

from lib import kernel, scenario
from lib.expect import Failure, holds, same, within
from lib.process import wait_until

scenario.need_root("BPF and cgroups")
kernel.own_bpffs()

# as in etc/sallyport.service
ALWAYS = ("net_bind_service", "net_raw", "setuid", "setgid", "dac_override",
          "kill")
LOADING = ("bpf", "net_admin")
BITS = {"net_admin": 12, "perfmon": 38, "bpf": 39}
RULES = """guard packets %s
allow user alice to 127.0.0.1
deny to internal
"""
SEND = """
import errno, socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
        b"x", ("127.0.0.1", 9))
    print("sent")
except OSError as e:
    print(errno.errorcode[e.errno])
"""

if not shutil.which("setpriv"):
    print("SKIP: no setpriv")
    sys.exit(77)
REAL = os.path.abspath(os.environ.get("SALLYPORT", "sallyport"))


def caps_of(pid):
    return [int(kernel.status_of(pid, field), 16)
            for field in ("CapInh", "CapPrm", "CapEff", "CapAmb")]


def limit(s, words):
    """The program from now on: with these capabilities and no others."""
    path = os.path.join(s.dir, "limited")
    with open(path, "w", encoding="ascii") as file:
        file.write("#!/bin/sh\nexec setpriv --no-new-privs --bounding-set=-all,"
                   "%s %s \"$@\"\n" % (",".join("+" + w for w in words), REAL))
    os.chmod(path, 0o755)
    os.environ["SALLYPORT"] = path


with scenario.prepare() as s:
    origin = s.origin()
    proxy = s.configure(RULES % "require", trouble=True)
    limit(s, ALWAYS + LOADING)
    kernel.start_or_skip(s, proxy)
    group = kernel.cgroup_of(proxy.pids("proxy")[0])
    s.open.insert(0, kernel.Group(group))
    with s.case("it works"):
        same(s.client().get("http://%s/" % origin.at).status, 200, "alice")
        same(kernel.inside(group, SEND), "EPERM", "a socket of nobody")
    with s.case("the supervisor has given up what loading took"):
        for sets in caps_of(proxy.process.pid):
            for name, bit in BITS.items():
                holds(not sets >> bit & 1, "it has CAP_" + name.upper())
    with s.case("the others have nothing"):
        for role in ("proxy", "guard", "directory", "signer"):
            for pid in proxy.pids(role):
                same(caps_of(pid), [0] * 4, role)
    with s.case("a new guard comes without them, too"):
        guard = proxy.pids("guard")
        os.kill(guard[0], 9)
        wait_until(lambda: proxy.pids("guard") not in ([], guard), 15,
                   "a new guard")
        wait_until(lambda: caps_of(proxy.pids("guard")[0]) == [0] * 4, 5,
                   "no capabilities")
        wait_until(lambda: s.client().get(
            "http://%s/" % origin.at).status == 200, 10, "connections")
    proxy.stop()

    def start(words):
        """Whether it starts, and what it says."""
        limit(s, words)
        os.rename(proxy.path("stderr"), proxy.path("stderr.1"))
        try:
            proxy.start()
        except Failure:
            pass
        return proxy.process.alive(), proxy.log()

    for missing in LOADING:
        with s.case("without CAP_" + missing.upper()):
            runs, log = start([w for w in ALWAYS + LOADING if w != missing])
            within("CAP_BPF, CAP_NET_ADMIN", log, "the log")
            same(runs, False, "it runs")
    with s.case("prefer goes on without"):
        proxy.configure(RULES % "prefer")
        runs, log = start(ALWAYS)
        within("the kernel does not judge packets", log, "the log")
        same(runs, True, "it runs")
        same(s.client().get("http://%s/" % origin.at).status, 200, "alice")
        proxy.stop()
        s.proxy = None
