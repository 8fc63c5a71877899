"""Wrong passwords of many accounts from one address use up that address's
budget: a directory isn't asked on its behalf any more, and the client is told
when it may try again. Other addresses go on, and so does, where it is
configured, whose password was right there before."""
import time
from lib import scenario
from lib.expect import holds, same, within
from lib.ldapstub import Stub, configure, statement, sub_code, user

RIGHT = "cor:rect h0rse"
GUESSER, OTHER = "127.4.0.1", "127.4.0.2"
PEOPLE = ["p%02d" % i for i in range(20)]
LIMITS = ("limit client 5", "limit account 3", "timeout window 1h")
RULES = "timeout login-cache 1s\nlimit login-failures 1000\nallow to any"


def login(name, at, password=RIGHT):
    return s.client(name, password, source=at).get(url)


def binds():
    return sum(1 for dn in stub.binds if "service" not in dn)


with scenario.prepare() as s:
    everybody = user("known")
    for name in PEOPLE:
        everybody.update(user(name))
    stub = s.keep(Stub(everybody))
    proxy = configure(s, [stub], *LIMITS, rules=RULES).start()
    origin = s.origin()
    url = "http://%s/" % origin.at
    same(login("known", GUESSER).status, 200, "right, before")

    # each account once: no account's budget, but the address's, which has
    # one more for the one that was right there
    for name in PEOPLE:
        stub.verdicts["cn=%s,dc=corp" % name] = sub_code("52e")
    before = binds()
    statuses = [login(name, GUESSER, "guess").status for name in PEOPLE[:12]]
    same(statuses, [407] * 6 + [429] * 6, "one guess at each account")
    same(binds() - before, 6, "binds for it")
    reply = login("p15", GUESSER, "guess")
    same(reply.status, 429, reply.start)
    holds(600 < int(reply.get("Retry-After")) <= 3600,
          "Retry-After: %s" % reply.get("Retry-After"))
    within("wait", reply.body.decode().lower(), "the page")
    s.record(claimed="p15", status=429, reason="login-slowed")
    within('"budgets_spent"', proxy.status("--json"), "status")

    # not elsewhere
    same(login("p16", OTHER, "guess").status, 407, "another address")
    stub.verdicts.clear()
    same(login("p17", OTHER).status, 200, "… and who is right there")

    # there, whose password is known goes on; nobody else, right or not
    time.sleep(1.1)
    before = binds()
    same(login("known", GUESSER).status, 200, "who is known")
    same(login("p18", GUESSER).status, 429, "who is not")
    same(binds() - before, 0, "binds past the budget")

    # … and where that is configured, nobody does
    proxy.configure(statement([stub], *LIMITS, "budget spent nobody")
                    + RULES)
    proxy.reload()
    time.sleep(1.1)
    same(login("known", GUESSER).status, 429, "nobody")
    same(login("known", OTHER).status, 200, "but elsewhere")
