"""chromium: a headless browser that finds the proxy through its PAC file.

Driven over the DevTools pipe, since a login to a proxy can be typed by
nothing else; a page's text, title and picture come back the same way."""
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import time

from lib.expect import Failure
from lib.servers import which

_SWITCHES = """--headless=new --no-sandbox --disable-gpu --no-first-run
--disable-background-networking --disable-component-update --disable-sync
--disable-quic --disable-default-apps --disable-dev-shm-usage
--disable-client-side-phishing-detection --metrics-recording-only
--no-default-browser-check --no-pings --disable-domain-reliability
--disable-features=Translate,OptimizationHints,MediaRouter
--remote-debugging-pipe --window-size=1000,900""".split()


class Chromium:
    """home is a fresh directory; with ca that CA is trusted in it."""

    def __init__(self, home, pac, ca=None, user="", password="",
                 switches=()):
        program = which("chromium")
        self.home = home
        self.login = (user, password)
        os.makedirs(home, exist_ok=True)
        if ca:
            self._trust(ca)
        to_it, self.write_fd = os.pipe()
        self.read_fd, from_it = os.pipe()
        script = 'exec 3<&%d 4>&%d; exec "$@"' % (to_it, from_it)
        with open(os.path.join(home, "chromium.log"), "wb") as log:
            self.child = subprocess.Popen(
                ["bash", "-c", script, "chromium", program, *_SWITCHES,
                 "--user-data-dir=" + os.path.join(home, "profile"),
                 "--proxy-pac-url=" + pac, *switches, "about:blank"],
                env=dict(os.environ, HOME=home), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, pass_fds=(to_it, from_it),
                start_new_session=True)
        os.close(to_it)
        os.close(from_it)
        self.buffer, self.last_id, self.events = b"", 0, []
        self._attach()

    def _trust(self, ca):
        store = os.path.join(self.home, ".pki", "nssdb")
        os.makedirs(store, exist_ok=True)
        certutil = which("certutil")
        for words in (["-N", "--empty-password"],
                      ["-A", "-t", "C,,", "-n", "sallyport", "-i", ca]):
            subprocess.run([certutil, "-d", "sql:" + store, *words],
                           check=True, capture_output=True)

    def _attach(self):
        target = self.call("Target.createTarget", url="about:blank")
        self.session = None
        self.session = self.call(
            "Target.attachToTarget", targetId=target["targetId"],
            flatten=True)["sessionId"]
        self.call("Page.enable")
        self.call("Fetch.enable", handleAuthRequests=True)

    def _post(self, method, params):
        self.last_id += 1
        message = {"id": self.last_id, "method": method, "params": params}
        if getattr(self, "session", None):
            message["sessionId"] = self.session
        os.write(self.write_fd, json.dumps(message).encode() + b"\0")
        return self.last_id

    def _next(self, end):
        while b"\0" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.read_fd], [], [], left)[0]:
                return None
            data = os.read(self.read_fd, 1 << 20)
            if not data:
                raise Failure("Chromium ended: " + self.log()[-1500:])
            self.buffer += data
        text, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(text)

    def log(self):
        with open(os.path.join(self.home, "chromium.log"), "rb") as file:
            return file.read().decode("utf-8", "replace")

    def _answer(self, event):
        """Requests are let pass; a question for a login gets it."""
        params = event.get("params", {})
        if event["method"] == "Fetch.requestPaused":
            self._post("Fetch.continueRequest",
                       {"requestId": params["requestId"]})
        elif event["method"] == "Fetch.authRequired":
            user, password = self.login
            self._post("Fetch.continueWithAuth", {
                "requestId": params["requestId"],
                "authChallengeResponse": {
                    "response": "ProvideCredentials", "username": user,
                    "password": password}})
        else:
            self.events.append(event)

    def call(self, method, seconds=30, **params):
        """One command; its result."""
        number = self._post(method, params)
        end = time.monotonic() + seconds
        while True:
            message = self._next(end)
            if message is None:
                raise Failure("Chromium did not answer " + method)
            if "method" in message:
                self._answer(message)
            elif message.get("id") == number:
                if "error" in message:
                    raise Failure("%s: %s" % (method, message["error"]))
                return message["result"]

    def open(self, url, seconds=30):
        """Loads a page; the network error's name, or '' when there is
        none."""
        self.events = []
        result = self.call("Page.navigate", seconds, url=url)
        end = time.monotonic() + seconds
        while not any(e["method"] == "Page.loadEventFired"
                      for e in self.events):
            message = self._next(end)
            if message is None:
                raise Failure("Chromium did not finish loading " + url)
            if "method" in message:
                self._answer(message)
        return result.get("errorText", "")

    def evaluate(self, script, seconds=20):
        """The value of an expression in the page; promises are awaited."""
        result = self.call("Runtime.evaluate", seconds, expression=script,
                           returnByValue=True, awaitPromise=True)
        return result["result"].get("value")

    def text(self):
        return self.evaluate("document.body.innerText") or ""

    def wait_for(self, script, seconds=15):
        """Until the expression is true in the page."""
        end = time.monotonic() + seconds
        while not self.evaluate(script):
            if time.monotonic() > end:
                raise Failure("never true in the page: %s\n%s" % (
                    script, self.text()[:1500]))
            time.sleep(0.1)

    def show_as(self, language, scheme, width, height):
        """From now on in that language, "light" or "dark", on a screen of
        that size."""
        agent = self.evaluate("navigator.userAgent")
        self.call("Emulation.setUserAgentOverride", userAgent=agent,
                  acceptLanguage=language)
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 600)

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        """Ends the browser, its session of processes first asked, then
        killed, and removes its profile."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.child.pid, number)
                self.child.wait(5)
                break
            except subprocess.TimeoutExpired:
                continue
            except ProcessLookupError:
                break
        os.close(self.write_fd)
        os.close(self.read_fd)
        shutil.rmtree(os.path.join(self.home, "profile"), ignore_errors=True)
