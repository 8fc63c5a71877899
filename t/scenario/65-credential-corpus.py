"""Login requests of real applications through the whole proxy: what carries a
password does not arrive, what only looks like it does, and the directory is
asked about nothing else.

Each case is sent for the plain account and for one of the others, in turn;
with CORPUS_ALL=1 for each of them. CORPUS_ONLY names cases."""
# timeout: 900
import collections
import json
import os
import subprocess

from lib import corpus, filtered
from lib.expect import Failure, holds
from lib.process import wait_until
from lib.proxy import PASSWORD, verb


def cheap(password):
    """A cheap hash: thousands of passwords are checked."""
    return subprocess.run(
        ["openssl", "passwd", "-6", "-salt", "rounds=1000$corpus", "-stdin"],
        input=password.encode(), capture_output=True, check=True
    ).stdout.decode().strip()


def profiles(render, number):
    names = list(render.PROFILES)
    if os.environ.get("CORPUS_ALL"):
        return names
    return [names[0], names[1 + number % (len(names) - 1)]]


def asked(s):
    status = json.loads(verb("status", "-f", s.proxy.conf, "--json").stdout)
    return sum(p.get("credentials_asked", 0) for p in status["processes"])


def walk(s, render, case, name, origin, host):
    ident = render.Identity.profile(name)
    plain = case["kind"] == "userinfo"
    target = there if plain else origin
    client = s.client(ident.user, ident.password)
    one = corpus.Walk(client, target, target.named(host), plain)
    if not plain:
        client.secure(one.host)
    one.run(render.render(case, ident, "absolute" if plain else "origin"))
    return one


def incident(s, host, seconds):
    try:
        return s.proxy.records.find(seconds, type="credential", host=host)
    except Failure:
        return None


def judge(s, case, one, host):
    """What is wrong, or None."""
    if case["class"] == "benign":
        if not one.wait_arrived():
            return "did not arrive: %s" % one.statuses
        return "reported" if incident(s, host, 0.01) else None
    if 400 in one.statuses and case["kind"] == "userinfo":
        return None if one.arrived() == 0 else "arrived"
    found = incident(s, host, 2)
    if not found:
        return "missed: %s" % one.statuses
    if found["verdict"] != "valid":
        return "verdict %s" % found["verdict"]
    return "arrived" if one.all_arrived() else None


with filtered.prepare() as s:
    render, folder = corpus.load()
    s.dns.names["*.corpus.test"] = ["127.0.0.1"]
    people = [render.Identity.profile(name) for name in render.PROFILES]
    domains = sorted({ident.mail_domain for ident in people})
    proxy = s.configure(
        filtered.HEAD + "domains { %s }\nlimit credential-failures 100000\n"
        "limit login-failures 1000\nallow to any" % ", ".join(domains))
    with open(proxy.path("accounts"), "a", encoding="utf-8") as file:
        file.write("bwhite:%s\n" % cheap("somebody else's own"))
        for ident in people:
            file.write("%s:%s\n" % (ident.user, cheap(ident.password)))
    verb("filter", "create", "-f", proxy.conf, "-c", "1000")
    verb("filter", "add", "-f", proxy.conf, text="".join(
        "%s:%s\n" % (ident.user, ident.password) for ident in people))
    filtered.external(proxy)
    proxy.start()
    origin = s.origin(tls=s.pki.leaf("corpus", san="DNS:*.corpus.test"))
    there = s.origin()
    for one in (origin, there):
        one.answer = corpus.serve(one)
    total, wrong = collections.Counter(), []
    needless = 0
    only = os.environ.get("CORPUS_ONLY", "").split()
    for number, case in enumerate(render.load_dir(folder)):
        if case["class"] == "undetectable" or not case.get("scored", True):
            continue
        if only and case["id"] not in only:
            continue
        for name in profiles(render, number):
            host = "c%d-%s.corpus.test" % (number, name)
            before = asked(s) if case["class"] == "benign" else 0
            one = walk(s, render, case, name, origin, host)
            bad = judge(s, case, one, host)
            stretch = bool(case.get("stretch"))
            total[case["class"], stretch] += 1
            if case["class"] == "benign" and not case.get("query_ok"):
                needless += asked(s) - before
            if bad:
                total[case["class"], stretch, "wrong"] += 1
                wrong.append("%s/%s%s: %s" % (
                    case["id"], name, " (stretch)" if stretch else "", bad))
    for key, count in sorted(total.items(), key=str):
        print(key, count)
    print("needless questions:", needless)
    print("\n".join(wrong))
    holds(not [w for w in wrong if "(stretch)" not in w],
          "%d cases went wrong" % len(wrong))
    holds(needless == 0, "%d needless questions" % needless)
