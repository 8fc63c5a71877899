"""Programs that people use and that don't take our certificate, since they
know no authority of ours or only one certificate at all: each is evidence for
`status --pinned`, and with `bypass learn` is left alone after the third time,
and then works. Programs that take it go on being decrypted."""
# timeout: 240
import base64
import hashlib
import json
import subprocess

from lib import programs, scenario
from lib.badpki import BadPki
from lib.expect import same, within
from lib.process import wait_until

# how each is made to refuse, and then to accept what the origin shows
HOSTS = {"curl": "one", "wget": "two", "python3": "three", "node": "staff",
         "java": "trial", "openssl s_client": "mail", "gnutls-cli": "gate"}
# alerts, or silent ends after a handshake, that make a name learned
ALERTS, CLOSES = 3, 6
PINNING = {"curl": "bank", "node": "fine"}


def pins(pki, name):
    """The origin's key for curl, its certificate for node."""
    key = subprocess.run(
        ["openssl", "pkey", "-in", pki.path(name + ".key"), "-pubout",
         "-outform", "DER"], capture_output=True, check=True).stdout
    return {"curl": "sha256//" + base64.b64encode(
                hashlib.sha256(key).digest()).decode(),
            "node": pki.fingerprint(name).partition(":")[2]}


with scenario.start("decrypt all\nallow to any\nbypass learn 12h") as s:
    def answer(conn, request):
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        if request.get("Connection") == "close":
            conn.sock.unwrap()
            return False

    origin = s.origin(answer, tls="good")
    pin = pins(BadPki(s.pki), "good")
    all_of_them = programs.all_of(s)

    def evidence(host):
        """(alerts, silent ends) that are counted for alice"""
        pinned = json.loads(s.proxy.status("--pinned", "--json"))["pinned"]
        found = [(p["alerts"], p["closes"]) for p in pinned
                 if (p["account"], p["host"]) == ("alice", host)]
        return found[0] if found else (0, 0)

    # what is refused counts from the first that is not
    same(all_of_them["curl"].ask(origin.named("www.test")).status, 200,
         "one that trusts us")

    def refused(name, host, how, times):
        """Once more: with an alert or silently, but seen."""
        done = all_of_them[name].ask(origin.named(host), **how)
        same((done.status, done.exit != 0), (0, True), done.errors)
        wait_until(lambda: sum(evidence(host)) == times, 5,
                   "evidence %d of %s:\n%s" % (
                       times, name, s.proxy.status("--pinned")))
        s.proxy.settle()

    def learn(name, host, refuse, accept):
        """As often as it takes, and then it gets on."""
        refused(name, host, refuse, 1)
        alerts, _ = evidence(host)
        line = [n for n in s.proxy.status("--pinned").split("\n")
                if n.startswith("decrypt all except {")]
        within(" " + host, "".join(line), "a ready line")
        for n in range(2, (ALERTS if alerts else CLOSES) + 1):
            refused(name, host, refuse, n)
        done = all_of_them[name].ask(origin.named(host), **accept)
        same((done.exit, done.status, done.text.strip()),
             (0, 200, "hello"), done.errors)

    for name, label in HOSTS.items():
        if name in all_of_them:
            with s.case(name + " knows only the origin's authority"):
                learn(name, label + ".test", {"trust": s.pki.ca},
                      {"trust": s.pki.ca})
    for name, label in PINNING.items():
        if name in all_of_them:
            with s.case(name + " pins"):
                learn(name, label + ".test", {"pin": pin[name]},
                      {"pin": pin[name], "trust": s.pki.ca})
    with s.case("who takes our certificate is still shown it"):
        for name, program in all_of_them.items():
            done = program.ask(origin.named("other.test"))
            same(done.status, 200, name)
        same(evidence("other.test"), (0, 0), "evidence of what works")
