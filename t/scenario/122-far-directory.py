"""A real slapd whose answers take five seconds, over TLS: who has the time
gets in, accounts of the file and those that are remembered notice nothing,
and a nearer server of the same directory serves instead."""
# timeout: 180
import threading
import time
from lib import scenario
from lib.delay import Delay
from lib.expect import holds, same
from lib.process import wait_until
from lib.proxy import PASSWORD
from lib.slapd import Slapd, configure, person, statement

SECRET = "far h0rse"
LATE = 5
PATIENT = ("timeout connect 30s", "timeout search 30s", "timeout bind 30s")
RULES = "timeout login-cache 1h\nallow to any"


def login(name, password=SECRET):
    """(status, seconds)"""
    began = time.monotonic()
    client = s.client(name, password)
    client.sock.settimeout(40)
    reply = client.get(url)
    return reply.status, time.monotonic() - began


def quick(name, password=SECRET):
    status, took = login(name, password)
    same(status, 200, name)
    holds(took < LATE - 1, "%s waited %.1f s" % (name, took))


with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki,
                         "".join(person(name, SECRET) for name in
                                 ("ann", "ben", "cid", "dan"))))
    far = s.keep(Delay(slapd.secure, 0))
    farther = "ldaps://localhost:%d" % far.port
    proxy = configure(s, farther, *PATIENT, rules=RULES, trouble=True,
                      accounts=("alice",)).start()
    origin = s.origin()
    url = "http://%s/" % origin.at
    same(login("ann")[0], 200, "ann, while it is near")

    far.seconds = LATE
    found = []
    waits = threading.Thread(target=lambda: found.append(login("ben")))
    waits.start()
    for _ in range(3):
        quick("ann")
        quick("alice", PASSWORD)
        time.sleep(0.5)
    waits.join()
    status, took = found[0]
    same(status, 200, "ben")
    # a search, a bind and the groups, on connections that were there
    holds(3 * LATE - 0.5 < took < 4 * LATE - 0.5, "ben took %.1f s" % took)
    same(login("ben", "wrong")[0], 407, "a wrong password is one")

    # by what is usual it takes too long: nobody can be asked, which is no
    # wrong password
    proxy.configure(statement(farther, trust=s.pki.ca) + RULES)
    proxy.reload()
    status, took = login("cid")
    same(status, 503, "cid")
    holds(took < 12, "cid was refused after %.1f s" % took)
    quick("alice", PASSWORD)

    # with a nearer server beside it, the far one holds nobody up
    proxy.configure(statement([farther, slapd], trust=s.pki.ca) + RULES)
    proxy.reload()
    status, took = login("cid")
    same(status, 200, "cid")
    holds(took < 4, "cid took %.1f s" % took)
    wait_until(lambda: login("dan") < (200, 2), 30, "dan is quick")
