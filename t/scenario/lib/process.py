"""process: programs that a scenario starts, watches and stops by pid."""
import os
import signal
import socket
import subprocess
import time

from lib.expect import Failure


def free_port(kind=socket.SOCK_STREAM):
    """A loopback port that was free a moment ago."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
