"""programs: what people really use, each asking one thing through the proxy,
each trusting our authority in the way that is its own.

    for program in programs.all_of(s):
        program.ask("www.test:4443")            # .status .text .exit .errors
        program.ask("www.test:4443", "a body")  # POST
        program.ask("www.test:4443", trust=None)  # nothing is trusted

A program that isn't installed is left out, and `missing` names it."""
import os
import shutil
import socket
import subprocess
import threading
from urllib.parse import quote

from lib.proxy import PASSWORD

_HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                     "programs")
_SECONDS = 40


class Outcome:
    """exit: the program's; status: of the answer, 0 for none."""

    def __init__(self, done, text, status):
        self.exit = done.returncode
        self.errors = done.stderr.decode("utf-8", "replace") \
            + done.stdout.decode("utf-8", "replace")
        self.text = text
        self.status = status


def _split(done):
    """Programs of ours write the body, a line end and the status."""
    text, _, status = done.stdout.decode("utf-8", "replace").rstrip(
        "\n").rpartition("\n")
    return Outcome(done, text, int(status) if status.isdigit() else 0)


def _raw(done):
    """Those that know no HTTP show the whole answer."""
    head, _, text = done.stdout.decode("utf-8", "replace").partition(
        "\r\n\r\n")
    at = head.rfind("HTTP/1.1 ")
    status = head[at + 9:at + 12] if at >= 0 else ""
    return Outcome(done, text, int(status) if status.isdigit() else 0)


class Program:
    def __init__(self, scenario, user="alice"):
        self.s = scenario
        self.user = user
        self.port = scenario.proxy.port

    def run(self, argv, env=None, given=b""):
        clean = {k: v for k, v in os.environ.items()
                 if not k.lower().endswith("_proxy")}
        return subprocess.run(
            argv, input=given, capture_output=True, timeout=_SECONDS,
            check=False, env=dict(clean, HOME=self.s.dir, **env or {}))

    def url(self):
        return "http://%s:%s@127.0.0.1:%d" % (
            self.user, quote(PASSWORD, safe=""), self.port)

    def login(self):
        return {"PROXY": "127.0.0.1:%d" % self.port,
                "PROXY_USER": self.user, "PROXY_PASSWORD": PASSWORD}

    def request(self, target, body):
        return ("%s / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s\r\n%s"
                % ("GET" if body is None else "POST", target,
                   "" if body is None else "Content-Length: %d\r\n"
                   % len(body), body or "")).encode()


class Curl(Program):
    needs = "curl"

    def ask(self, target, body=None, trust="", pin=None):
        argv = ["curl", "-q", "-sS", "--proxy", self.url(), "-w",
                "\n%{http_code}\n", "https://%s/" % target]
        if trust is not None:
            argv += ["--cacert", trust or self.s.proxy.ca]
        if body is not None:
            argv += ["--data-binary", body]
        if pin:
            argv += ["--pinnedpubkey", pin]
        return _split(self.run(argv))


class Wget(Program):
    needs = "wget"

    def ask(self, target, body=None, trust=""):
        argv = ["wget", "--no-config", "-nv", "--tries=1", "-O", "-",
                "--content-on-error", "-S", "-e", "use_proxy=yes", "-e",
                "https_proxy=http://127.0.0.1:%d" % self.port,
                "--proxy-user=" + self.user, "--proxy-password=" + PASSWORD,
                "https://%s/" % target]
        if trust is not None:
            argv += ["--ca-certificate=" + (trust or self.s.proxy.ca)]
        if body is not None:
            argv += ["--post-data=" + body]
        done = self.run(argv)
        lines = [line.split()[1] for line in done.stderr.decode().split("\n")
                 if line.strip().startswith("HTTP/1.")]
        return Outcome(done, done.stdout.decode("utf-8", "replace"),
                       int(lines[-1]) if lines else 0)


class Python(Program):
    needs = "python3"

    def ask(self, target, body=None, trust=""):
        env = {"https_proxy": self.url()}
        if trust is not None:
            env["SSL_CERT_FILE"] = trust or self.s.proxy.ca
        return _split(self.run(
            ["/usr/bin/python3", os.path.join(_HERE, "ask.py"),
             "https://%s/" % target] + ([body] if body is not None else []),
            env))


class Node(Program):
    needs = "node"

    def ask(self, target, body=None, trust="", pin=None):
        env = self.login()
        if trust is not None:
            env["NODE_EXTRA_CA_CERTS"] = trust or self.s.proxy.ca
        if pin:
            env["PIN"] = pin
        return _split(self.run(
            ["node", os.path.join(_HERE, "ask.js"), target]
            + ([body] if body is not None else []), env))


class Java(Program):
    needs = "javac"

    def __init__(self, scenario, user="alice"):
        super().__init__(scenario, user)
        self.stores = {}
        self.classes = scenario.path("classes")
        if not os.path.exists(self.classes):
            self.checked(["javac", "-d", self.classes,
                          os.path.join(_HERE, "Ask.java")])

    def checked(self, argv):
        done = self.run(argv)
        if done.returncode:
            raise AssertionError(done.stdout + done.stderr)

    def store(self, trust):
        """keytool's store with that one authority in it."""
        if trust not in self.stores:
            path = self.s.path("trust-%d.p12" % len(self.stores))
            self.checked(["keytool", "-importcert", "-noprompt", "-alias",
                          "it", "-file", trust, "-keystore", path,
                          "-storetype", "PKCS12", "-storepass", "changeit"])
            self.stores[trust] = path
        return self.stores[trust]

    def ask(self, target, body=None, trust=""):
        argv = ["java", "-XX:TieredStopAtLevel=1", "-cp", self.classes,
                "-Dhttps.proxyHost=127.0.0.1",
                "-Dhttps.proxyPort=%d" % self.port, "-Dhttp.nonProxyHosts=",
                # else it sends no password to open a tunnel
                "-Djdk.http.auth.tunneling.disabledSchemes="]
        if trust is not None:
            argv += ["-Djavax.net.ssl.trustStore="
                     + self.store(trust or self.s.proxy.ca),
                     "-Djavax.net.ssl.trustStorePassword=changeit"]
        return _split(self.run(
            argv + ["Ask", "https://%s/" % target]
            + ([body] if body is not None else []), self.login()))


class Openssl(Program):
    needs = "openssl"

    def ask(self, target, body=None, trust=""):
        argv = ["openssl", "s_client", "-quiet", "-ign_eof", "-proxy",
                "127.0.0.1:%d" % self.port, "-proxy_user", self.user,
                "-proxy_pass", "pass:" + PASSWORD, "-connect", target,
                "-servername", target.split(":")[0], "-verify_hostname",
                target.split(":")[0], "-verify_return_error"]
        argv += ["-CAfile", trust or self.s.proxy.ca] \
            if trust is not None else ["-verifyCAfile", os.devnull]
        return _raw(self.run(argv, given=self.request(target, body)))


class Gnutls(Program):
    """It knows no proxies: somebody opens the tunnel for it."""
    needs = "gnutls-cli"

    def ask(self, target, body=None, trust=""):
        name = target.split(":")[0]
        client = self.s.client(self.user)
        head = client.connect(target)
        if head.status != 200:
            raise AssertionError("CONNECT: %d" % head.status)
        with socket.create_server(("127.0.0.1", 0)) as door:
            threading.Thread(target=_join, args=(door, client.sock),
                             daemon=True).start()
            argv = ["gnutls-cli", "--sni-hostname", name,
                    "--verify-hostname", name, "--logfile", "/dev/stderr",
                    "-p", str(door.getsockname()[1]), "127.0.0.1"]
            if trust is not None:
                argv[1:1] = ["--x509cafile", trust or self.s.proxy.ca]
            else:
                argv[1:1] = ["--x509cafile", self.s.pki.ca]
            return _raw(self.hold(argv, self.request(target, body)))

    @staticmethod
    def hold(argv, given):
        """Its input must not end before the answer has come: it would say
        so to the other side."""
        # unbuffered: nothing is left to be written when its input is closed
        with subprocess.Popen(argv, bufsize=0, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as child:
            timer = threading.Timer(_SECONDS, child.kill)
            timer.start()
            errors = []
            reader = threading.Thread(
                target=lambda: errors.append(child.stderr.read()))
            reader.start()
            try:
                child.stdin.write(given)
            except BrokenPipeError:
                pass
            text = child.stdout.read()
            reader.join()
            timer.cancel()
        return subprocess.CompletedProcess(argv, child.returncode, text,
                                           errors[0])


def _join(door, inner):
    outer = door.accept()[0]

    def pipe(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        try:
            other.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    back = threading.Thread(target=pipe, args=(inner, outer), daemon=True)
    back.start()
    pipe(outer, inner)
    back.join()
    outer.close()


ALL = {"curl": Curl, "wget": Wget, "python3": Python, "node": Node,
       "java": Java, "openssl s_client": Openssl, "gnutls-cli": Gnutls}


def missing():
    return [name for name, one in ALL.items() if not shutil.which(one.needs)]


def all_of(scenario):
    return {name: one(scenario) for name, one in ALL.items()
            if shutil.which(one.needs)}
