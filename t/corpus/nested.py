#!/usr/bin/env python3
"""nested: a password is found in any layers around it, and nothing else is.

usage: nested.py [EXTRACT]

Puts passwords into chains of layers (nest.py), at random but the same each
time: NESTED_SEED is another beginning, NESTED_CHAINS how many. A chain that
fails is told with its seed and number; NESTED_ONLY=number repeats that one
and writes its body to standard error."""
import collections
import os
import random
import sys

import nest
from tool import Extract

SEED = int(os.environ.get("NESTED_SEED", "20261126"))
CHAINS = int(os.environ.get("NESTED_CHAINS", "2000"))
ONLY = os.environ.get("NESTED_ONLY")
DEPTH = 12  # of limits.h: each layer of a chain is one there
CUT = 1 | 2 | 4 | 8 | 16 | 32 | 64  # any cut but a broken coding

Ident = collections.namedtuple("Ident", "user domain mail_domain password")


def submit(tool, rng, value, depth):
    names, body, coding = nest.wrap(rng, value, depth)
    fields = ["Content-Encoding", coding] if coding else []
    tool.send("H", "/submit", body, *fields)
    return names, body, coding, tool.verdict()


def run_chain(tool, number):
    """What went wrong, or None; the chain's names."""
    rng = random.Random("%d/%d" % (SEED, number))
    own, other = nest.password(rng), nest.password(rng)
    depth = rng.randint(1, DEPTH)
    tool.account(Ident("jdoe", "CORP", "corp.example", own))
    names, body, coding, result = submit(tool, rng, own, depth)
    if ONLY:
        sys.stderr.buffer.write(body)
        print("password %r, coding %r: %s" % (own, coding, result))
    chain = " ".join([coding] + names[::-1])
    if not result["found"]:
        return "missed %r in %s (cuts %d)" % (own, chain, result["cuts"]), names
    chain, _, _, result = submit(tool, rng, other, depth)
    if result["found"] or result["asked"]:
        return "reported %r for %r in %s" % (other, own, chain), names
    return None, names


def main():
    tool = Extract(sys.argv[1] if len(sys.argv) > 1 else "t/corpus/extract")
    failed, depths = 0, collections.Counter()
    for number in [int(ONLY)] if ONLY else range(CHAINS):
        wrong, names = run_chain(tool, number)
        depths[len(names)] += 1
        if wrong:
            failed += 1
            print("seed %d, chain %d: %s" % (SEED, number, wrong))
    print("%d chains, by depth: %s" % (sum(depths.values()), " ".join(
        "%d:%d" % pair for pair in sorted(depths.items()))))
    print("%d of them went wrong" % failed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
