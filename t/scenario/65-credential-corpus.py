"""Login requests of real applications through the whole proxy, against a real
slapd: what carries a password does not arrive, what only looks like it does,
and the directory is asked no more often than the filter is wrong.

Every case is sent for every account. Two limits are set as an administrator
would who lets a machine try thousands of passwords: the budgets of wrong pairs
and of failed logins. CORPUS_ONLY names cases."""
# timeout: 600
import collections
import concurrent.futures
import json
import math
import os
import ssl

from lib import corpus, filtered
from lib.client import Client, basic
from lib.expect import Failure, holds
from lib.process import wait_until
from lib.proxy import verb
from lib.slapd import Slapd, configure, person

AT_ONCE = 8
RATE = 1e-6  # of wrong "maybe"s, as asked for when the filter is made


def counted(s, name):
    counters = json.loads(s.proxy.status("--json"))["counters"]
    values = [c[name] for c in counters if name in c]
    holds(values, "a counter " + name)
    return sum(values)


def most_by_chance(lookups):
    """As many of these are "maybe" by chance once in a million times."""
    expected = lookups * RATE
    tail, term, most = 1 - math.exp(-expected), math.exp(-expected), 0
    while tail > 1e-6:
        most += 1
        term *= expected / most
        tail -= term
    return most


class Bench:
    """The proxy's surroundings, and one walk through it at a time."""

    def __init__(self, s, render):
        self.s, self.render = s, render
        self.secure = s.origin(
            tls=s.pki.leaf("corpus", san="DNS:*.corpus.test"))
        self.plain = s.origin()
        for one in (self.secure, self.plain):
            one.answer = corpus.serve(one)
        self.context = ssl.create_default_context(cafile=s.proxy.ca)

    def walk(self, case, name, host):
        ident = self.render.Identity.profile(name)
        plain = case["kind"] == "userinfo"
        target = self.plain if plain else self.secure
        client = Client(self.s.proxy.port, basic(ident.user, ident.password))
        one = corpus.Walk(client, target, target.named(host), plain)
        try:
            if not plain:
                client.secure(one.host, context=self.context)
            one.run(self.render.render(
                case, ident, "absolute" if plain else "origin"))
            if case["class"] == "benign":
                one.wait_arrived()
            elif one.upgraded:
                client.rest()
        except Failure:
            pass  # still open: what arrived says the rest
        finally:
            client.close()
        return one


def run(bench, cases):
    """[(case, account, host, walk)] of every case and account."""
    jobs = [(case, name, "c%d-%s.corpus.test" % (number, name))
            for number, case in cases for name in bench.render.PROFILES]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        walks = list(pool.map(lambda job: bench.walk(*job), jobs))
    return [(*job, walk) for job, walk in zip(jobs, walks)]


def incidents(s):
    found = collections.defaultdict(list)
    for record in s.proxy.records.all():
        if record["type"] == "credential":
            found[record["host"]].append(record["verdict"])
    return found


def judge(case, one, verdicts):
    """What is wrong, or None."""
    if case["class"] == "benign":
        if not one.all_arrived():
            return "did not arrive: %s" % one.statuses
        return "reported" if verdicts else None
    if 400 in one.statuses and case["kind"] == "userinfo":
        return "arrived" if one.arrived() else None
    if not verdicts:
        return "missed: %s" % one.statuses
    if verdicts != ["valid"]:
        return "verdicts %s" % verdicts
    if one.sent == 1 and not one.messages:
        return "arrived" if one.arrived() else None
    return "arrived" if one.all_arrived() else None


def is_benign(case, justified):
    return case["class"] == "benign" and \
        bool(case.get("query_ok")) == justified


with filtered.prepare() as s:
    render, folder = corpus.load()
    s.dns.names["*.corpus.test"] = ["127.0.0.1"]
    people = [render.Identity.profile(name) for name in render.PROFILES]
    domains = sorted({ident.mail_domain for ident in people})
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, person(
        "bwhite", "somebody else's own") + "".join(
            person(ident.user, ident.password) for ident in people)))
    proxy = configure(
        s, slapd, rules=filtered.HEAD + "domains { %s }\n"
        "limit credential-failures 100000\nlimit login-failures 1000\n"
        "credentials block to any\nallow to any" % ", ".join(domains))
    verb("filter", "create", "-f", proxy.conf, "-c", "1000", "-r", str(RATE))
    verb("filter", "add", "-f", proxy.conf, text="".join(
        "%s:%s\n" % (ident.user, ident.password) for ident in people))
    proxy.start()
    bench = Bench(s, render)
    only = os.environ.get("CORPUS_ONLY", "").split()
    cases = [(number, case)
             for number, case in enumerate(render.load_dir(folder))
             if case["class"] != "undetectable" and case.get("scored", True)
             and (not only or case["id"] in only)]

    done = run(bench, [c for c in cases if is_benign(c[1], False)])
    needless = counted(s, "credentials_asked")
    most = most_by_chance(counted(s, "lookups"))
    print("%d look-ups for requests without a password: the directory was "
          "asked %d times, by chance at most %d" % (
              counted(s, "lookups"), needless, most))
    done += run(bench, [c for c in cases if is_benign(c[1], True)])
    print("asked about look-alikes of a password: %d times"
          % (counted(s, "credentials_asked") - needless))
    before = len(bench.secure.requests)
    done += run(bench, [c for c in cases if c[1]["class"] == "detect"])

    hosts = {host for case, _, host, _ in done if case["class"] == "detect"
             and case["kind"] != "userinfo"}
    try:
        wait_until(lambda: hosts <= set(incidents(s)), 5, "the record")
    except Failure:
        pass  # a case that was missed: told below
    found = incidents(s)
    total, wrong = collections.Counter(), []
    for case, name, host, one in done:
        key = case["class"] + (", stretch" if case.get("stretch") else "")
        bad = judge(case, one, found[host])
        total[key] += 1
        if bad:
            total[key + ", wrong"] += 1
            wrong.append("%s/%s (%s): %s" % (case["id"], name, key, bad))
    for key, count in sorted(total.items()):
        print("%s: %d" % (key, count))
    print("\n".join(wrong))
    holds(not [w for w in wrong if "stretch" not in w],
          "%d cases went wrong" % len(wrong))
    holds(needless <= most, "%d needless questions" % needless)
    holds(counted(s, "credentials_asked") >= sum(map(len, found.values())),
          "each of them was asked about")
    arrived = b"".join(request.head + request.body
                       for request in bench.secure.requests[before:])
    for ident in people:
        holds(ident.password.encode() not in arrived,
              "the origin has the password of " + ident.user)
