"""A hundred thousand accounts: any of them logs in, many at once, and what a
reload leaves as it was keeps its connections."""
# timeout: 240
import concurrent.futures
import time
from lib import scenario
from lib.expect import holds, same
from lib.slapd import Slapd, configure, dn_of, group, person

COUNT, AT_ONCE = 100000, 200
ENTRIES = "".join(person("user%d" % i, "secret%d" % i)
                  for i in range(COUNT)) \
    + group("many", [dn_of("user%d" % i) for i in range(0, 20000, 7)])


def login(i):
    client = s.client("user%d" % i, "secret%d" % i)
    status = client.get(url).status
    client.close()
    return status


with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    configure(s, slapd, "timeout search 20s", "timeout bind 20s",
              "timeout connect 20s",
              rules="allow group many to any\ndeny to any").start()
    origin = s.origin()
    url = "http://%s/" % origin.at
    same(login(7), 200, "one in the group")
    same(login(COUNT - 1), 403, "the last one")
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(login, range(700, 700 + 7 * AT_ONCE, 7)))
    same(found, [200] * AT_ONCE, "many at once")
    print("%d logins in %.1f s" % (AT_ONCE, time.monotonic() - began))

    before = slapd.log().count("ACCEPT from")
    s.proxy.configure(s.proxy.rules + "\nlimit login-failures 7")
    s.proxy.reload()
    same(login(14), 200, "after a reload")
    holds(slapd.log().count("ACCEPT from") == before,
          "the reload cost connections")
