"""curl: runs curl through the proxy as the setup page tells people to."""
import subprocess

from lib.servers import which


class Curl:
    """The outcome: .status (of the last answer), .body, .exit, .errors."""

    def __init__(self, proxy, *words, user=True, seconds=30):
        argv = [which("curl"), "-q", "-sS", "--max-time", str(seconds),
                "--cacert", proxy.ca, "--noproxy", "",
                "-x", "http://127.0.0.1:%d" % proxy.port,
                "-w", "\n%{http_code} %{http_connect}", *words]
        if user:
            argv += ["--proxy-user", "%s:%s" % (
                (proxy.user, proxy.password) if user is True else user)]
        done = subprocess.run(argv, capture_output=True, timeout=seconds + 5,
                              check=False, stdin=subprocess.DEVNULL)
        self.exit = done.returncode
        self.errors = done.stderr.decode("utf-8", "replace")
        self.body, _, codes = done.stdout.rpartition(b"\n")
        codes = codes.split()
        self.status = int(codes[0]) if codes else 0
        self.connect = int(codes[1]) if len(codes) > 1 else 0

    def text(self):
        return self.body.decode("utf-8", "replace")
