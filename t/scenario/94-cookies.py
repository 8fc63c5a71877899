"""Cookies are the origin's alone: they pass as they came, each line of them,
and a field full of crumbs costs next to nothing."""
import os
import re

from lib import scenario
from lib.expect import holds, same

CASES = ["a=1; b=2", "a=1;b=2;", "a=1\r\nCookie: b=2; c=3\r\nCookie: d=4",
         "sallyport=1; a=2"]


def peak_of(pid):
    """The most memory it ever had, in KB."""
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s*(\d+)", file.read()).group(1))


def cpu_of(pid):
    """Seconds of CPU until now."""
    with open("/proc/%d/stat" % pid, encoding="ascii") as file:
        words = file.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


with scenario.start("allow to any") as s:
    origin = s.origin()
    url = "http://%s/" % origin.at
    client = s.client()
    for cookies in CASES:
        with s.case(cookies):
            same(client.get(url, "Cookie: %s\r\n" % cookies).status, 200,
                 "status")
            same(origin.requests[-1].all("Cookie"),
                 cookies.split("\r\nCookie: "), "what has left")
    worker = s.proxy.pids("proxy")[0]
    before, began = peak_of(worker), cpu_of(worker)
    crumbs = "Cookie: a=1%s\r\n" % (";a" * 30000)
    same(client.get(url, crumbs).status, 200, "crumbs")
    grown = peak_of(worker) - before
    holds(grown < 32 << 10, "grew by %d KB" % grown)
    took = cpu_of(worker) - began
    holds(took < 3, "it took %.1f s of CPU" % took)
