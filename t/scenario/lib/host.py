"""host: `sallyport guard run` on a cgroup, a BPF file system and a network
namespace of its own, and programs that run there as somebody."""
import os
import signal
import subprocess
import sys

from lib import kernel, scenario
from lib.expect import Failure, Skip
from lib.process import Process, wait_until
from lib.proxy import program
from lib.records import Records


def own_host():
    """Runs the scenario anew in namespaces of its own, where loopback is all
    there is of a network."""
    scenario.need_root("BPF and cgroups")
    if "SCENARIO_HOST" in os.environ:
        return
    os.environ["SCENARIO_HOST"] = "1"
    enter = ("mount -t bpf bpf /sys/fs/bpf && ip link set lo up"
             " && ip addr add 127.0.1.1/8 dev lo"
             " && ip addr add 2001:db8::1/128 dev lo")
    probe = subprocess.run(["unshare", "-mn", "sh", "-c", enter],
                           check=False, capture_output=True)
    if probe.returncode:
        print("SKIP: no namespaces or no BPF file system here")
        sys.exit(77)
    os.execvp("unshare", ["unshare", "-mn", "sh", "-c",
                          enter + ' && exec "$@"', "sh",
                          sys.executable, *sys.argv])


class Host:
    """Filters what run() starts, and nothing else. For s.keep()."""

    def __init__(self, directory):
        known = subprocess.run([program(), "guard", "--help"], text=True,
                               capture_output=True, check=False)
        if "built without" in known.stdout + known.stderr:
            raise Skip("built without the guard")
        self.dir = directory
        self.conf = self.path("host.conf")
        self.records = Records(self.path("record.json"))
        self.pins = "/sys/fs/bpf/sallyport"
        self.group = kernel.cgroup_of(os.getpid()).rstrip("/") + \
            "/sallyport-host-%d" % os.getpid()
        self.daemon = None
        self.children = []

    def path(self, name):
        return os.path.join(self.dir, name)

    def configure(self, rules):
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write('record file "%s"\n%s' % (self.records.path, rules))

    def start(self, *options, seconds=20):
        """The daemon, once more."""
        try:
            os.mkdir(self.group)
        except FileExistsError:
            pass
        except OSError as error:
            raise Skip("no cgroup: %s" % error) from None
        log = self.path("log")
        if os.path.exists(log):
            os.rename(log, log + ".old")
        self.daemon = Process(
            [program(), "guard", "run", "-f", self.conf, "--cgroup",
             self.group, "--pins", self.pins, "--socket",
             self.path("feed.sock"), *options], log)
        wait_until(lambda: not self.daemon.alive() or
                   "ready: " in self.daemon.text(), seconds, "the daemon")
        if self.daemon.alive():
            return self
        text = self.daemon.text()
        if "does not take the programs" in text or "no cgroup2" in text:
            raise Skip(text.strip().split("\n")[-1])
        raise Failure("the daemon ended: " + text)

    def log(self):
        return self.daemon.text()

    def wait_log(self, words):
        wait_until(lambda: words in self.log(), 10,
                   "%r in the log: %s" % (words, self.log()[-1500:]))

    def reload(self, rules, words="are in force, generation"):
        self.configure(rules)
        before = self.log().count(words)
        self.daemon.signal(signal.SIGHUP)
        wait_until(lambda: self.log().count(words) > before, 10,
                   "%r in the log: %s" % (words, self.log()[-1500:]))

    def verb(self, *words):
        done = subprocess.run(
            [program(), "guard", *words, "--pins", self.pins], text=True,
            capture_output=True, check=False, timeout=20)
        return done.stdout + done.stderr

    def check(self):
        done = subprocess.run(
            [program(), "guard", "check", "-f", self.conf], text=True,
            capture_output=True, check=False, timeout=20)
        return done.stdout + done.stderr

    def enter(self, login=None, uid=None, group=None):
        """For preexec_fn: inside, logged in as login, and as uid."""
        def become():
            with open((group or self.group) + "/cgroup.procs", "w",
                      encoding="ascii") as file:
                file.write(str(os.getpid()))
            if login is not None:
                with open("/proc/self/loginuid", "w",
                          encoding="ascii") as file:
                    file.write(str(login))
            if uid:
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
        return become

    def popen(self, argv, login=None, uid=None, group=None, **more):
        child = subprocess.Popen(
            argv, preexec_fn=self.enter(login, uid, group), text=True,
            cwd="/", **more)
        self.children.append(child)
        return child

    def run(self, argv, login=None, uid=None, **more):
        return subprocess.run(
            argv, preexec_fn=self.enter(login, uid), text=True, cwd="/",
            capture_output=True, check=False, timeout=30, **more)

    def python(self, code, login=None, uid=None, *words):
        """What the code prints."""
        done = self.run([sys.executable, "-c", code, *map(str, words)],
                        login, uid)
        return (done.stdout + done.stderr).strip()

    def kill(self):
        os.kill(self.daemon.pid, signal.SIGKILL)
        self.daemon.child.wait(10)

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait(10)
        if self.daemon and self.daemon.alive():
            self.daemon.stop()
        self.verb("off")
        kernel.remove(self.group)
