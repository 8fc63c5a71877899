#!/usr/bin/python3
"""Logins that a directory checks: how many a second, and how many binds are
in flight, beside what the directory itself can do in the same run; and what
requests of people who are logged in notice while every directory hangs.

usage: logins.py [--quick]

SALLYPORT names the program, BENCH_PROGRAMS the directory with ldap_latency
and login_load. Clients, proxy and directory share this machine's processors:
with a short latency they are the limit, with a longer one the directory is."""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "scenario"))

# pylint: disable=wrong-import-position
from lib import scenario  # noqa: E402
from lib.process import free_port  # noqa: E402
from lib.servers import accepts  # noqa: E402
from lib.process import wait_until  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 1200
PEOPLE = 3000


def tool(name):
    return os.path.join(os.path.abspath(os.environ.get(
        "BENCH_PROGRAMS", "t/bench")), name)


def numbers_of(*words):
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


class Directory:
    """The latency server, which takes words on its standard input."""

    def __init__(self):
        self.port = free_port()
        self.process = subprocess.Popen(  # pylint: disable=R1732
            [tool("ldap_latency"), str(self.port), "20"], text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        wait_until(lambda: accepts(self.port), 10, "the directory listens")

    def say(self, words):
        """(binds, most in flight, in flight) since the last "stats"."""
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        return [int(one) for one in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def cpu_of(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/stat" % pid, encoding="ascii") as file:
            words = file.read().rpartition(")")[2].split()
        total += int(words[11]) + int(words[12])
    return total / TICK


def row(what, value):
    print("| %s | %s |" % (what, value), flush=True)


def binding(proxy):
    """The pool of binds, as `status` has it."""
    return look_for(json.loads(proxy.status("--json")), "binding")


def look_for(thing, name):
    """The first member of that name, however deep."""
    if isinstance(thing, dict):
        if name in thing:
            return thing[name]
        thing = list(thing.values())
    for one in thing if isinstance(thing, list) else ():
        found = look_for(one, name)
        if found is not None:
            return found
    return None


def measure_logins(directory, proxy, late, seconds):
    directory.say("late %d" % late)
    own = numbers_of(tool("ldap_latency"), "-d", str(directory.port),
                     str(CONNECTIONS), str(seconds))[0]
    # connections are opened as they are needed: not in what is measured
    numbers_of(tool("login_load"), str(proxy.port), str(PEOPLE), "2",
               "warm%d-" % late)
    # what they began and left goes on, and would fill the queue (desk.h)
    while look_for(json.loads(proxy.status("--json")), "logins_under_way"):
        time.sleep(0.1)
    directory.say("stats")
    pids = proxy.pids("directory"), proxy.pids("proxy")
    before = [cpu_of(one) for one in pids]
    answers, others, took = numbers_of(
        tool("login_load"), str(proxy.port), str(PEOPLE), str(seconds),
        "late%d-" % late)
    after = [cpu_of(one) for one in pids]
    most = directory.say("stats")[1]
    row("latency, ms", late)
    row("logins a second of %d people" % PEOPLE, "%.0f" % (answers / took))
    row("binds a second that the directory itself does on %d connections"
        % CONNECTIONS, "%.0f" % own)
    row("refused or failed of %d" % answers, "%.0f" % others)
    row("binds in flight at most, seen there", most)
    row("the same, seen here (status)", binding(proxy)["asked_most"])
    for name, one, two in zip(("directory process", "workers"), before,
                              after):
        row("processor of the %s per login, us" % name,
            "%.0f" % (1e6 * (two - one) / max(answers, 1)))


def go_on(proxy, count):
    """How long each took, in ms; one each 2 ms."""
    time.sleep(0.5)
    return [us / 1000 for us in numbers_of(
        tool("login_load"), "-p", str(proxy.port), str(count), "2000",
        "late20-0-0")]


def run_ns(proxy):
    """What the workers have run, by the scheduler."""
    total = 0
    for pid in proxy.pids("proxy"):
        with open("/proc/%d/schedstat" % pid, encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


def percentile(times, share):
    return sorted(times)[int(len(times) * share)]


def measure_hang(directory, proxy, turns, count):
    """Fine and hanging by turns, the same requests at the same pace: what
    else the machine does hits both alike."""
    directory.say("late 20")
    go_on(proxy, 50)  # known from now on
    fine, hung, stuck, ratios, ran = [], [], [], [], [0, 0]
    for i in range(turns):
        time.sleep(1)  # what was stuck is over
        ran[0] -= run_ns(proxy)
        fine += go_on(proxy, count)
        ran[0] += run_ns(proxy)
        directory.say("hang")
        with subprocess.Popen(
                [tool("login_load"), str(proxy.port), "300", "60",
                 "hung%d-" % i], stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL) as others:
            time.sleep(1)
            ran[1] -= run_ns(proxy)
            hung += go_on(proxy, count)
            ran[1] += run_ns(proxy)
            stuck.append(under_way_of(proxy))
            others.kill()
        directory.say("go")
        ratios.append(percentile(hung[-count:], 0.99) /
                      percentile(fine[-count:], 0.99))
    row("logins that are stuck meanwhile", min(stuck))
    row("requests of each, one each 2 ms, in %d turns" % turns, len(fine))
    for name, share in (("median", 0.5), ("p99", 0.99)):
        one, two = percentile(fine, share), percentile(hung, share)
        row("%s while the directory is fine, ms" % name, "%.2f" % one)
        row("%s while it hangs, ms" % name, "%.2f" % two)
        row("the second to the first", "%.2f" % (two / one))
    for name, ns in (("is fine", ran[0]), ("hangs", ran[1])):
        row("a worker's processor for a request while it %s, us" % name,
            "%.1f" % (ns / 1000 / len(fine)))
    row("p99 by turns, the second to the first, median",
        "%.2f" % statistics.median(ratios))


def under_way_of(proxy):
    return look_for(json.loads(proxy.status("--json")), "logins_under_way")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true")
    args = parser.parse_args()
    os.environ["SALLYPORT"] = os.path.abspath(
        os.environ.get("SALLYPORT", "sallyport"))
    with scenario.prepare() as s:
        directory = s.keep(Directory())
        with open(s.path("ldap.secret"), "w", encoding="ascii") as file:
            file.write("service\n")
        proxy = s.configure(
            'directory ldap corp {\n\tserver "ldap://127.0.0.1:%d"\n'
            '\tbase "dc=corp"\n\tnames uid\n\tgroups none\n\tbind "cn=service"'
            ' password file "ldap.secret"\n\tlimit connections %d\n'
            "\tlimit queue 5000\n\tlimit client 100000\n"
            "\ttimeout search 1m\n\ttimeout bind 1m\n}\n"
            "limit per-address 10000\nlimit login-failures 1000\n"
            "timeout login-cache 1h\ndeny to any"
            % (directory.port, CONNECTIONS), accounts=(), record="off",
            trouble=True)
        proxy.start()
        print("| logins over LDAP | |\n|---|---|", flush=True)
        seconds = 2 if args.quick else 8
        measure_logins(directory, proxy, 20, seconds)
        measure_logins(directory, proxy, 250, seconds)
        measure_hang(directory, proxy, 4 if args.quick else 20, 250)


if __name__ == "__main__":
    main()
