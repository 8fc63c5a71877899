"""scenario: one story: a proxy, origins, clients, and what must hold.

    with scenario.start("allow to any") as s:
        origin = s.origin()
        same(s.client().get("http://%s/" % origin.at).body, b"hello", "body")

Everything that was started is stopped at the end, whatever happened. A
failed scenario leaves its directory under t/out/ (or $SCENARIO_OUT)."""
import os
import shutil
import sys
import tempfile
import traceback

from lib.client import Client, basic
from lib.curl import Curl
from lib.dns import Dns
from lib.expect import Failure, Skip
from lib.origin import Origin
from lib.pki import Pki
from lib.proxy import PASSWORD, Proxy

NAME = os.path.basename(sys.argv[0]).removesuffix(".py")
OUT = os.environ.get("SCENARIO_OUT") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..", "out")


class Scenario:
    def __init__(self):
        self.dir = tempfile.mkdtemp(
            prefix="sallyport-%s-" % NAME.partition("-")[0])
        os.chmod(self.dir, 0o755)
        self.failures = []
        self.open = []
        self.pki = Pki(os.path.join(self.dir, "origins"))
        self.dns = self.keep(Dns())
        self.proxy = None

    def keep(self, thing):
        """thing.close() is called at the end, the last one first."""
        self.open.append(thing)
        return thing

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def out(self, name):
        """A file that stays after the scenario: pictures, figures."""
        os.makedirs(os.path.join(OUT, NAME), exist_ok=True)
        return os.path.join(OUT, NAME, name)

    def configure(self, rules, **more):
        """A proxy that is not started yet."""
        self.proxy = Proxy(self.dir, rules, self.dns, self.pki.ca, **more)
        return self.proxy

    def origin(self, answer=None, tls=None, **more):
        """An Origin; tls: the name of a certificate in pki.py, or the
        paths of one."""
        if answer is not None:
            more["answer"] = answer
        if isinstance(tls, str):
            tls = self.pki.named(tls)
        return self.keep(Origin(tls=tls, **more))

    def client(self, user="alice", password=PASSWORD, **more):
        """A connection to the proxy; user None sends no login."""
        login = basic(user, password) if user else ""
        return self.keep(Client(self.proxy.port, login, self.proxy.ca,
                                **more))

    def curl(self, *words, **more):
        return Curl(self.proxy, *words, **more)

    def record(self, **wanted):
        return self.proxy.records.find(**wanted)

    def case(self, name):
        """`with s.case("name"):` one line of a table: a failure in it is
        kept and the next one goes on."""
        return _Case(self, name)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, Skip):
            self._close()
            shutil.rmtree(self.dir, ignore_errors=True)
            print("SKIP: %s" % error)
            sys.exit(77)
        if error is not None:
            self._fail(error, trace)
        self._close()
        if not self.failures:
            shutil.rmtree(self.dir, ignore_errors=True)
            sys.exit(0)
        self._keep_evidence()
        print("\n".join(self.failures))
        sys.exit(1)

    def _fail(self, error, trace):
        where = [f for f in traceback.extract_tb(trace)
                 if "/lib/" not in f.filename]
        line = " (line %d)" % where[-1].lineno if where else ""
        if isinstance(error, Failure):
            self.failures.append("FAIL%s: %s" % (line, error))
        else:
            self.failures.append("".join(
                traceback.format_exception(error)))

    def _close(self):
        if self.proxy:
            try:
                self.proxy.stop()
            except Failure as error:
                self.failures.append("FAIL at the end: %s" % error)
        for thing in reversed(self.open):
            self.failures += getattr(thing, "failures", [])
            try:
                thing.close()
            except OSError:
                pass

    def _keep_evidence(self):
        kept = os.path.join(OUT, NAME, "failed")
        shutil.rmtree(kept, ignore_errors=True)
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        shutil.copytree(self.dir, kept, ignore=lambda where, names: [
            n for n in names if n.endswith(".sock") or n == "profile"])
        self.failures.append("kept in %s" % os.path.relpath(kept))
        if self.proxy:
            self.failures.append("the end of the proxy's log:\n"
                                 + self.proxy.log()[-1500:])
        shutil.rmtree(self.dir, ignore_errors=True)


class _Case:
    def __init__(self, scenario, name):
        self.scenario = scenario
        self.name = name

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if isinstance(error, (Failure, EOFError, OSError)):
            self.scenario.failures.append(
                "FAIL %s: %s" % (self.name, error or kind.__name__))
            return True
        return False


def start(rules="allow to any", dns=None, **more):
    """A scenario whose proxy runs. more: see Proxy."""
    s = Scenario()
    s.dns.names.update(dns or {})
    try:
        s.configure(rules, **more).start()
    except BaseException as error:
        # with-statement not reached yet: end as it would
        s.__exit__(type(error), error, error.__traceback__)
    return s


def prepare(dns=None):
    """A scenario without a proxy yet; see configure()."""
    s = Scenario()
    s.dns.names.update(dns or {})
    return s


def need_root(why):
    if os.getuid() != 0:
        print("SKIP: needs root: " + why)
        sys.exit(77)


def sanitized():
    """Is the program under test built with sanitizers?"""
    with open(os.environ["SALLYPORT"], "rb") as file:
        return b"__asan_init" in file.read()
