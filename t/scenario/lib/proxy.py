"""proxy: the built program under a configuration made for one scenario."""
import os
import re
import signal
import subprocess

from lib.expect import Failure
from lib.process import Process, children_of, command_of, free_port, wait_until
from lib.records import Records

PASSWORD = "cor:rect h0rse"
PAGES = os.path.abspath(os.path.join(
    os.path.dirname(__file__), "..", "..", "..", "etc", "pages"))

# Lines that no run may write, whatever the scenario does.
_FORBIDDEN = re.compile(
    r"AddressSanitizer|LeakSanitizer|runtime error:|must hold:"
    r"|MemorySanitizer|SUMMARY: .*Sanitizer")
# Lines that only a scenario that kills or exhausts something may cause.
_TROUBLE = re.compile(r" error: |: fatal|died|killed by signal")


def program():
    """The binary under test."""
    return os.environ["SALLYPORT"]


def verb(*words, text="", check=True, **more):
    """Runs a verb; the finished process with text output."""
    done = subprocess.run([program(), *words], input=text, text=True,
                          capture_output=True, timeout=60, check=False,
                          **more)
    if check and done.returncode:
        raise Failure("sallyport %s: exit %d\n%s%s" % (
            " ".join(words), done.returncode, done.stdout, done.stderr))
    return done


class Proxy:
    """rules are lines of proxy.conf. Everything a scenario doesn't say is
    set so that nothing outside of loopback is ever asked."""

    def __init__(self, directory, rules, dns, trust, accounts=("alice",),
                 workers=1, name="proxy.test", trouble=False, record="file"):
        self.dir = directory
        self.rules = rules
        self.workers = workers
        self.trouble = trouble
        self.port = free_port()
        self.user = accounts[0] if accounts else None
        self.password = PASSWORD
        self.conf = self.path("proxy.conf")
        self.ca = self.path("ca.crt")
        self.records = Records(self.path("record.json"))
        self.process = None
        self._head = [
            "listen on 127.0.0.1 port %d" % self.port,
            'authority "ca.crt" key "ca.key"',
            'pages "%s"' % PAGES,
            'control "control.sock"', 'name "%s"' % name,
            "workers %d" % workers, 'trust only "%s"' % trust,
            "resolver 127.0.0.1 port %d" % dns.port,
            'record file "record.json"' if record == "file"
            else "record " + record]
        if "timeout drain" not in rules:
            self._head.append("timeout drain 3s")
        if accounts:
            self._head.append('accounts file "accounts"')
        if os.getuid() == 0:
            self._head.append('run as "nobody"')
        self.configure(rules)
        verb("ca", "init", "-f", self.conf)
        for account in accounts:
            self.add_account(account)

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def configure(self, rules):
        """Writes proxy.conf anew; see reload()."""
        self.rules = rules
        self.write("proxy.conf", "\n".join(self._head) + "\n" + rules + "\n")

    def add_account(self, account, password=PASSWORD):
        verb("user", "add", "-f", self.conf, account, text=password + "\n")

    def start(self, seconds=30):
        # what was freed is kept for a while, but not so much that memory
        # seems to grow
        options = "abort_on_error=0:detect_stack_use_after_return=1:" \
            "quarantine_size_mb=8"
        env = dict(os.environ, ASAN_OPTIONS=options,
                   UBSAN_OPTIONS="print_stacktrace=1")
        self.process = Process(
            [program(), "run", "-f", self.conf], self.path("stderr"), env)
        self.process.wait_for("ready: listening on", seconds)
        return self

    def log(self):
        return self.process.text() if self.process else ""

    def wait_log(self, words, seconds=10, after=0):
        """Until the words stand in the log behind its first `after`
        characters."""
        wait_until(lambda: words in self.log()[after:], seconds,
                   "%r in the log:\n%s" % (words, self.log()[after:][-2000:]))

    def pids(self, role):
        """The pids of a role's processes: "proxy", "signer",
        "directory"."""
        return sorted(pid for pid in children_of(self.process.pid)
                      if role in command_of(pid))

    def reload(self, words="reloaded"):
        """SIGHUP, and until the log says what came of it."""
        before = len(self.log())
        self.process.signal(signal.SIGHUP)
        self.wait_log(words, after=before)

    def status(self, *words):
        return verb("status", "-f", self.conf, *words).stdout

    def settle(self):
        """A round trip through every process: each has taken what another
        had sent it before."""
        self.status("--json")

    def stop(self):
        """Ends it with SIGTERM; fails on anything that no run may say."""
        status = self.process.stop() if self.process else 0
        self.inspect()
        if status != 0:
            raise Failure("exit status %d:\n%s" % (status,
                                                   self.log()[-3000:]))

    def inspect(self):
        log = self.log()
        found = _FORBIDDEN.search(log)
        if found is None and not self.trouble:
            found = _TROUBLE.search(log)
        if found:
            at = found.start()
            raise Failure("the log says:\n" + log[max(0, at - 300):at + 3000])
        for word in secrets_of(self.password):
            for name, text in (("log", log), ("record", self.records.raw())):
                if word in text:
                    raise Failure("the %s holds a password" % name)


def secrets_of(password):
    """A password in the forms in which it could be written somewhere."""
    import base64
    forms = [password, password.replace(" ", "%20")]
    for user in ("alice", "bob"):
        forms.append(base64.b64encode(
            ("%s:%s" % (user, password)).encode()).decode())
    return forms
