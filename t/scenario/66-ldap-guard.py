"""Guessing against a real slapd with a password policy that locks after five
failures: the same wrong password is sent once, an account fails less often
than that, nobody gets locked, and the policy's own words reach people."""
from lib import scenario
from lib.expect import holds, same, within
from lib.slapd import Slapd, configure, dn_of, person

RIGHT, LEAST = "right", "127.3.0.%d"
ENTRIES = person("alice", RIGHT) + person("bob", RIGHT) \
    + person("reset", RIGHT, "pwdReset: TRUE") \
    + person("locked", RIGHT, "pwdAccountLockedTime: 000001010000Z")


def login(name, password, at):
    return s.client(name, password, source=LEAST % at).get(url)


with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES, policy=True))
    configure(s, slapd, "limit account 3", "timeout window 1h",
              rules="timeout login-cache 1s\nlimit login-failures 1000\n"
              "allow to any").start()
    origin = s.origin()
    url = "http://%s/" % origin.at
    same(login("alice", RIGHT, 1).status, 200, "alice")

    before = slapd.binds("alice")
    for at in range(5):
        same(login("alice", "old password", 10 + at).status, 407, "old")
        same(login("ALICE@corp.test", "old password", 20 + at).status, 407,
             "the same by another name")
    same(slapd.binds("alice") - before, 1, "binds with one wrong password")

    statuses = [login("alice", "guess %d" % at, 30 + at).status
                for at in range(8)]
    same(statuses, [407, 407] + [429] * 6, "guesses")
    same(slapd.binds("alice") - before, 3, "binds with wrong passwords")
    holds(int(login("alice", "one more", 50).get("Retry-After")) > 60,
          "Retry-After tells of the window")
    # the person isn't locked out, here or there
    same(login("alice", RIGHT, 1).status, 200, "alice goes on")
    same(login("bob", RIGHT, 2).status, 200, "bob")

    # what nobody has is guarded alike: it tells nothing
    statuses = [login("nobody", "guess %d" % at, 60 + at).status
                for at in range(5)]
    same(statuses, [407, 407, 407, 429, 429], "an account that isn't there")

    reply = login("reset", RIGHT, 3)
    same(reply.status, 403, reply.start)
    within("change your password", reply.body.decode(), "the page")
    # to a stranger a locked account is none
    same(login("locked", RIGHT, 4).status, 407, "locked")
    text = s.proxy.status("--json")
    for words in ("binds_saved", "budgets_spent"):
        within(words, text, "status")
