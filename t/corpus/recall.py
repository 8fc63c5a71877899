#!/usr/bin/env python3
"""recall: how much of a corpus of login requests the credential check finds.

usage: recall.py [-v] EXTRACT

Renders every case of the corpus for every account profile (the corpus brings
its own render.py), puts the requests through EXTRACT, and counts by kind.
Fails when a detect case that isn't marked stretch is missed, when a benign
case is reported, or when the directory would be asked needlessly.  The corpus
is $SALLYPORT_CORPUS, or shared/corpus/logins beside the source tree; where it
is absent the test is skipped.
"""
import collections
import os
import sys

from tool import Extract

SKIP = 77


def find_corpus():
    here = os.path.dirname(os.path.abspath(__file__))
    src = os.path.abspath(os.environ.get("srcdir", os.path.join(here, "../..")))
    places = [os.environ.get("SALLYPORT_CORPUS")]
    places.append(os.path.join(src, "../shared/corpus/logins"))
    for place in places:
        if place and os.path.exists(os.path.join(place, "render.py")):
            return place
        if place and os.path.exists(os.path.join(place, "logins/render.py")):
            return os.path.join(place, "logins")
    return None


def dechunk(data):
    out = b""
    while True:
        line, data = data.split(b"\r\n", 1)
        size = int(line.split(b";")[0], 16)
        if size == 0:
            return out
        out, data = out + data[:size], data[size + 2:]


def send_request(tool, exchange):
    head, body = exchange.raw.split(b"\r\n\r\n", 1)
    lines = head.split(b"\r\n")
    target = lines[0].split(b" ")[1]
    fields = []
    for line in lines[1:]:
        name, value = line.split(b":", 1)
        fields += [name, value.strip()]
        if name.lower() == b"transfer-encoding":
            body = dechunk(body)
    tool.send("H", target, body, *fields)


def run_case(tool, render, case, ident):
    tool.account(ident)
    # the enterprise knows "@corp.example" and the colleague too
    tool.send("O", ident.other_user, ident.mail_domain)
    deflate = b""
    for exchange in render.render(case, ident, "auto"):
        if exchange.kind == "ws":
            tool.send("W", deflate, exchange.raw)
            continue
        step = (case.get("steps") or [case])
        deflate = b"1" if any((s.get("websocket") or {}).get("deflate")
                              for s in step) else b""
        send_request(tool, exchange)
    return tool.verdict()


def judge(case, result):
    """What is wrong with a result, or None."""
    if not case.get("scored", True):
        return None
    if case["class"] == "detect":
        return None if result["found"] else "missed"
    if case["class"] == "benign":
        if result["found"]:
            return "reported"
        if result["asked"] and not case.get("query_ok"):
            return "asked needlessly"
    return None


def main():
    verbose = "-v" in sys.argv
    args = [a for a in sys.argv[1:] if a != "-v"]
    corpus = find_corpus()
    if corpus is None:
        print("no corpus: set SALLYPORT_CORPUS")
        return SKIP
    sys.path.insert(0, corpus)
    import render
    tool = Extract(args[0] if args else "t/corpus/extract")
    kinds = collections.defaultdict(lambda: [0, 0])
    total = collections.Counter()
    wrong = []
    for case in render.load_dir(corpus):
        stretch = bool(case.get("stretch"))
        for name in render.PROFILES:
            ident = render.Identity.profile(name)
            result = run_case(tool, render, case, ident)
            bad = judge(case, result)
            group = "stretch" if stretch else case["class"]
            total[group, "cases"] += 1
            total[group, "found"] += result["found"]
            total[group, "asked"] += result["asked"] > 0
            total[group, "needless"] += result["needless"]
            total[group, "lookups"] += result["lookups"]
            total[group, "encrypted"] += result["sealed"]
            if verbose and result["sealed"]:
                print("  looks encrypted: %s/%s" % (case["id"], name))
            if case["class"] == "detect":
                kinds[case["kind"], stretch][0] += result["found"]
                kinds[case["kind"], stretch][1] += 1
                if case.get("user_form") not in ("none", "other"):
                    total[group, "with a name"] += 1
                    total[group, "named"] += result["named"]
                    if verbose and not result["named"]:
                        print("  not named: %s/%s" % (case["id"], name))
            if bad:
                wrong.append((stretch, case["id"], name, bad))
            if verbose and result["found"]:
                print("  %s/%s %s" % (case["id"], name, result["where"]))
    for (kind, stretch), (found, count) in sorted(kinds.items()):
        print("%-20s %-8s %4d of %4d" % (kind, "stretch" if stretch else "",
                                         found, count))
    for group in ("detect", "stretch", "benign", "undetectable"):
        words = ["%s %d" % (k, v) for (g, k), v in total.items() if g == group]
        print("%s: %s" % (group, ", ".join(words)))
    for stretch, case, name, bad in wrong:
        print("%s: %s/%s%s" % (bad, case, name, " (stretch)" if stretch else ""))
    return 1 if any(not stretch for stretch, *_ in wrong) else 0


if __name__ == "__main__":
    sys.exit(main())
