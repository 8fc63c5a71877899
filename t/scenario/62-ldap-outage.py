"""Directories that are dead, silent, slow or mad: another server, another
directory or memory answers; who can't be checked gets 503; it heals."""
# timeout: 120
import time
from lib import scenario
from lib.expect import holds, same
from lib.ldapstub import Stub, configure, statement, user
from lib.process import wait_until

SECRET = "cor:rect h0rse"
TIMES = ("timeout connect 1s", "timeout search 2s", "timeout bind 2s")


def login(name, url, at=[0]):
    at[0] += 1
    began = time.monotonic()
    reply = s.client(name, SECRET, source="127.2.0.%d" % at[0]).get(url)
    return reply, time.monotonic() - began


with scenario.prepare() as s:
    everybody = {}
    for name in ("ann", "ben", "cid", "dan", "eve"):
        everybody.update(user(name))
    first = s.keep(Stub(everybody))
    second = s.keep(Stub(everybody))
    other = s.keep(Stub(user("zoe")))
    proxy = configure(s, [first, second], *TIMES, trouble=True,
                      rules=statement([other], *TIMES, name="other")
                      + "timeout login-cache 1s\nallow to any").start()
    origin = s.origin()
    url = "http://%s/" % origin.at

    same(login("ann", url)[0].status, 200, "all is well")
    holds(first.binds.count("cn=ann,dc=corp") == 1
          and not second.filters, "the first server is asked")

    for mode in ("silent", "mute-search", "garbage", "reset"):
        with s.case(mode):
            first.mode = mode
            reply, took = login({"silent": "ben", "mute-search": "cid",
                                 "garbage": "dan", "reset": "eve"}[mode],
                                url)
            same(reply.status, 200, reply.start)
            holds(took < 4.5, "%s: took %.1f s" % (mode, took))
    first.mode = ""
    wait_until(lambda: "%s works again" % first.url in proxy.log(), 40,
               "the first server comes back")

    # both are dead: another directory is not held up, memory serves, and
    # who isn't known gets 503 with Retry-After instead of 407
    first.mode = second.mode = "silent"
    reply, took = login("zoe", url)
    same(reply.status, 200, "another directory")
    holds(took < 4, "zoe waited %.1f s" % took)
    time.sleep(1.1)
    same(login("ann", url)[0].status, 200, "within grace")
    reply = s.client("ann", "another one", source="127.2.1.1").get(url)
    same(reply.status, 503, "another password")
    holds(int(reply.get("Retry-After")) > 0, "Retry-After")
    first.mode = second.mode = ""
    wait_until(lambda: login("ben", url)[0].status == 200
               and s.client("nobody", SECRET, source="127.2.1.2")
               .get(url).status == 407, 40, "it heals")
