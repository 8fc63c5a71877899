"""What a page can tell by the time: a guess at an account that the filter
knows nothing of takes as long as one that the directory says no to. Requests
that name nobody take no longer than before."""
# timeout: 120
import random
import socket
import statistics
import time
from urllib.parse import quote

from lib import filtered
from lib.expect import holds, same
from lib.filtered import form
from lib.ldapstub import Stub, configure, sub_code, user
from lib.proxy import PASSWORD, verb

BOBS = "Autumn+2026+leaves"
RULES = filtered.HEAD + """credentials block to any
allow to any
limit credential-failures 1000
"""
ROUNDS = 40
# what a loaded machine adds to both alike, and jitter on top
CLOSE = 0.012

with filtered.prepare() as s:
    people = {}
    people.update(user("alice"))
    people.update(user("bob"))
    stub = s.keep(Stub(people))
    proxy = configure(s, [stub], "limit account 1000",
                      "limit client 1000", rules=RULES, trouble=True)
    verb("filter", "create", "-f", proxy.conf, "-c", "1000")
    verb("filter", "add", "-f", proxy.conf, text="bob:%s\n" % BOBS)
    proxy.start()
    origin = s.origin(tls="good")

    def connect():
        client = s.client()
        client.secure(origin.named("www.test"))
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return client

    # who has logged in once is known by name
    s.client("bob", BOBS).secure(origin.named("www.test"))
    time.sleep(1)
    client = connect()
    stub.verdicts["cn=bob,dc=corp"] = sub_code("52e")

    def took(body):
        """Seconds until the answer; the directory takes 20 to 50 ms."""
        stub.delay = random.uniform(0.01, 0.025)  # once to find, once to bind
        began = time.monotonic()
        same(form(client, "/", body).status, 200, "passes")
        return time.monotonic() - began

    def guesses(kind):
        """Distinct ones: the filter knows the first and last third."""
        middle = "".join(random.choices("abcdefghijkl", k=6))
        return "user=bob&pass=" + quote({
            "maybe": BOBS[:6] + middle + BOBS[-6:],
            "no": "Xutumn" + middle + BOBS[-6:]}[kind])

    def asked():
        return stub.binds.count("cn=bob,dc=corp")

    times = {"maybe": [], "no": [], "nobody": []}
    for _ in range(ROUNDS):
        times["nobody"].append(took("user=nobody&pass=Xutumn2026"))
    for _ in range(5):
        took(guesses("maybe"))
    before = asked()
    for _ in range(ROUNDS):
        for kind in ("maybe", "no"):
            times[kind].append(took(guesses(kind)))
    same(asked() - before, ROUNDS, "guesses the directory was asked about")
    medians = {k: statistics.median(v) for k, v in times.items()}
    said = ", ".join("%s %.1f ms" % (k, v * 1000) for k, v in medians.items())
    print(said)
    with s.case("the same time"):
        holds(medians["maybe"] > 0.02, "the directory's time: " + said)
        holds(abs(medians["maybe"] - medians["no"]) < CLOSE, said)
        holds(medians["nobody"] < medians["no"] / 2, said)
    counters = proxy.status("--json")
    holds('"credentials_evened"' in counters.replace(" ", ""), "status")

    with s.case("a name of a short time ago counts as one"):
        holds(took("pass=Xutumn2026") > 0.02, "held")
    with s.case("off and all"):
        proxy.configure(proxy.rules + "credentials even-time off")
        proxy.reload()
        client = connect()
        off = statistics.median(took(guesses("no")) for _ in range(9))
        holds(off < medians["no"] / 2, "off: %.1f ms" % (off * 1000))
        proxy.configure(proxy.rules.replace("time off", "time all"))
        proxy.reload()
        client = connect()
        every = statistics.median(
            took("user=nobody&pass=Xutumn2026") for _ in range(9))
        holds(every > 0.02, "all: %.1f ms" % (every * 1000))
