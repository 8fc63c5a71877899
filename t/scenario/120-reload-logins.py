"""A reload forgets no login whose directory or account is as it was: nobody
is sent there again. Where a directory is asked otherwise, its people are
asked anew over half a minute; whoever left the account file, and whom only a
directory knew that is gone, is out at once, in what is open, too."""
# timeout: 150
import time
from lib import scenario
from lib.expect import holds, same
from lib.ldapstub import Stub, configure, statement, user
from lib.process import wait_until
from lib.proxy import PASSWORD

SECRET = "cor:rect h0rse"
PEOPLE = ["p%02d" % i for i in range(30)]
CACHE = "timeout login-cache 1h\n"
RULES = "decrypt all\nallow to any"


def ask(name, to, password=SECRET):
    return s.client(name, password).get(to).status


def reload(*more, rules="", cache=CACHE, directory=True):
    text = statement([stub], *more) if directory else ""
    s.proxy.configure(text + cache + rules + RULES)
    s.proxy.reload()


def ask_all():
    """How many were asked of the directory for it."""
    before = len(stub.binds)
    for name in PEOPLE:
        same(ask(name, url), 200, name)
    return sum(1 for dn in stub.binds[before:] if "service" not in dn)


with scenario.prepare() as s:
    everybody = {}
    for name in PEOPLE:
        everybody.update(user(name))
    stub = s.keep(Stub(everybody))
    configure(s, [stub], rules=CACHE + RULES, trouble=True,
              accounts=("alice", "bob")).start()
    origin, other = s.origin(), s.origin(tls="good")
    url = "http://%s/" % origin.at
    same(ask_all(), len(PEOPLE), "binds at first")
    same(ask_all(), 0, "binds after")
    same(ask("alice", url, PASSWORD), 200, "alice")
    same(ask("bob", url, PASSWORD), 200, "bob")
    tunnel = s.client("bob", PASSWORD)
    tunnel.secure("www.test:%d" % other.port)
    same(tunnel.get("/").status, 200, "bob in a tunnel")

    # rules are judged anew, logins aren't; times and limits decide nothing
    reload(rules='deny user p03 to any label "not p03"\n')
    same(ask("p03", url), 403, "the new rule")
    reload("timeout bind 4s", "limit connections 50")
    same(ask_all(), 0, "binds after reloads that change nothing")

    # the account file: of two accounts one is gone, the other is as it was
    with open(s.path("accounts"), encoding="utf-8") as file:
        lines = file.readlines()
    with open(s.path("accounts"), "w", encoding="utf-8") as file:
        file.writelines(one for one in lines if not one.startswith("bob"))
    reload()
    same(ask("bob", url, PASSWORD), 407, "who was deleted")
    same(tunnel.get("/").status, 403, "… in what he has open")
    same(ask("alice", url, PASSWORD), 200, "who was not")

    # another way of asking: some now, all of them in the end
    reload("groups none")
    at_once = ask_all()
    holds(at_once < len(PEOPLE) / 2, "%d were asked at once" % at_once)
    time.sleep(31)
    same(at_once + ask_all(), len(PEOPLE), "asked anew in half a minute")

    # memory for outages outlives a reload, and another way to the server
    reload("groups none", cache="timeout login-cache 1s\n")
    stub.close()
    time.sleep(1.5)
    reload("groups none", "trust system", "timeout connect 1s",
           cache="timeout login-cache 1s\n")
    same(ask("p01", url), 200, "by grace, after a reload")
    reload("groups none", "class person", cache="timeout login-cache 1s\n")
    time.sleep(1.5)
    same(ask("p01", url), 503, "other accounts: no grace")

    # a directory that is gone knows nobody
    stub.open()
    wait_until(lambda: ask("p02", url) == 200, 30, "the directory is back")
    reload("groups none", "class person")
    same(ask("p02", url), 200, "p2 is remembered")
    reload(directory=False)
    same(ask("p02", url), 407, "its directory is gone")
    same(ask("alice", url, PASSWORD), 200, "alice stays")
