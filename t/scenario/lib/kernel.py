"""kernel: what scenarios of the guard need: a BPF file system and cgroups of
their own, and a look at processes."""
import glob
import os
import re
import subprocess
import sys
import time

from lib.expect import Skip


def own_bpffs():
    """Runs the scenario anew with a BPF file system of its own: pins are
    gone with it."""
    if "SCENARIO_BPFFS" in os.environ:
        return
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


def start_or_skip(s, proxy):
    """A kernel that can't is no failure."""
    try:
        proxy.start()
    except Exception:  # pylint: disable=broad-except
        refused = re.search(r"error: (.*(cgroup2|programs|guard).*)",
                            proxy.log())
        if not refused:
            raise
        s.proxy = None
        raise Skip(refused.group(1)) from None


def cgroup_of(pid):
    with open("/proc/%d/cgroup" % pid, encoding="ascii") as file:
        path = re.search(r"^0::(.*)$", file.read(), re.M)
    with open("/proc/mounts", encoding="utf-8") as file:
        roots = [line.split()[1] for line in file
                 if line.split()[2] == "cgroup2"]
    if not roots or not path:
        raise Skip("there is no cgroup2")
    return roots[0] + path.group(1)


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
