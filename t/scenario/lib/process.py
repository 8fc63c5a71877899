"""process: programs that a scenario starts, watches and stops by pid."""
import os
import random
import signal
import socket
import subprocess
import time

from lib.expect import Failure


_reserved = []  # held until this process ends


def _ports():
    """Those that the kernel gives to nobody who doesn't name them."""
    with open("/proc/sys/net/ipv4/ip_local_port_range",
              encoding="ascii") as file:
        first = int(file.read().split()[0])
    return 11000, first if first > 13000 else 65000


def _reserve(port, kind):
    """Whether it is ours: no program has it, and no other scenario of this
    network namespace is told so, too."""
    mark = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        mark.bind("\0sallyport-scenario-port-%d" % port)
        with socket.socket(socket.AF_INET, kind) as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        mark.close()
        return False
    _reserved.append(mark)
    return True


def free_port(kind=socket.SOCK_STREAM, count=1):
    """A loopback port, or the first of some, that stay free until somebody
    who was given the number binds them."""
    first, end = _ports()
    for _ in range(1000):
        port = random.randrange(first, end - count)
        if all(_reserve(port + i, kind) for i in range(count)):
            return port
    raise Failure("no free port")


def wait_until(test, seconds, what):
    """Polls test() until it is true; returns what it gave."""
    end = time.monotonic() + seconds
    while True:
        value = test()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure("waited %g s in vain: %s" % (seconds, what))
        time.sleep(0.02)


def children_of(pid):
    """The pids of a process's children, from /proc."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


def command_of(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return file.read().replace(b"\0", b" ").decode().strip()
    except FileNotFoundError:
        return ""


def rss_of(pid):
    """Resident memory in bytes."""
    with open("/proc/%d/statm" % pid) as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Process:
    """A child whose output goes to one file."""

    def __init__(self, argv, log, env=None, cwd=None, pass_fds=()):
        self.log = log
        self.argv = argv
        with open(log, "ab") as out:
            self.child = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                env=env, cwd=cwd, pass_fds=pass_fds)
        self.pid = self.child.pid

    def text(self):
        with open(self.log, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def alive(self):
        return self.child.poll() is None

    def wait_for(self, words, seconds=20):
        """Until the words stand in the output; fails when it ends before."""
        def look():
            if words in self.text():
                return True
            if not self.alive():
                raise Failure("%s ended before it said %r:\n%s" % (
                    self.argv[0], words, self.text()[-2000:]))
            return False
        wait_until(look, seconds, "%r from %s, which said:\n%s" % (
            words, self.argv[0], self.text()[-2000:]))

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, seconds):
        """The exit status, or a failure when it takes longer."""
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure("%s did not end within %g s" % (
                self.argv[0], seconds)) from None

    def stop(self, seconds=15):
        """SIGTERM, then SIGKILL; the exit status."""
        if self.alive():
            self.signal(signal.SIGTERM)
            try:
                self.child.wait(seconds)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        return self.child.returncode
