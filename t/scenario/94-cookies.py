"""The proxy's own cookie never leaves it, wherever it stands, and all others
do; taking it out of a header full of crumbs costs next to nothing."""
import re
import time

from lib import scenario
from lib.expect import holds, same

OURS = "sallyport-go=6567.ab"
CASES = {
    "a=1; %s; b=2" % OURS: ["a=1; b=2"],
    "a=1;%s;b=2;" % OURS: ["a=1; b=2"],
    OURS: [],
    "a=1; b=2": ["a=1; b=2"],
    "a=1\r\nCookie: %s; b=2\r\nCookie: c=3" % OURS: ["a=1", "b=2", "c=3"],
    "%s; a=1\r\nCookie: b=2" % OURS: ["a=1", "b=2"],
}



def peak_of(pid):
    """The most memory it ever had, in KB."""
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s*(\d+)", file.read()).group(1))


with scenario.start("allow to any") as s:
    origin = s.origin()
    url = "http://%s/" % origin.at
    client = s.client()
    for cookies, left in CASES.items():
        with s.case(cookies):
            same(client.get(url, "Cookie: %s\r\n" % cookies).status, 200,
                 "status")
            same(origin.requests[-1].all("Cookie"), left, "what has left")
    worker = s.proxy.pids("proxy")[0]
    before, began = peak_of(worker), time.monotonic()
    crumbs = "Cookie: %s%s\r\n" % (OURS, ";a" * 30000)
    same(client.get(url, crumbs).status, 200, "crumbs")
    grown = peak_of(worker) - before
    holds(grown < 32 << 10, "grew by %d KB" % grown)
    holds(time.monotonic() - began < 3, "it took %.1f s" % (
        time.monotonic() - began))
