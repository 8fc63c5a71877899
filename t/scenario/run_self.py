#!/usr/bin/python3
"""run_self: run.py gives a scenario that fails one more run, alone, and hides
neither it nor a real failure."""
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))

SLOW = """import os, time
time.sleep(1)
os.mkdir("slow-ended")
"""
# fails at first; fails, too, where another one is under way
FLAKY = """import os, sys, time
if not os.path.exists(__file__ + ".ran"):
    os.mkdir(__file__ + ".ran")
    sys.exit("the first failure")
assert os.path.exists("slow-ended")
os.mkdir("alone")
time.sleep(0.2)
os.rmdir("alone")
"""
BAD = "import sys; sys.exit('never')\n"
SKIPPED_THEN = FLAKY.replace("assert", "sys.exit(77); assert")
GOOD = "print('fine')\n"
SKIP = "import sys; sys.exit(77)\n"

# scenarios, options, words that must be said, and must not, status
TABLE = (
    ((GOOD, SKIP), (), ("1 passed, 0 failed, 1 skipped",),
     ("FLAKY", "second run", "fine"), 0),
    ((GOOD,), ("-v",), ("    fine",), (), 0),
    ((SLOW, FLAKY, FLAKY, GOOD), ("-j", "3"),
     ("AGAIN: 01-s", "FLAKY: 01-s", "    the first failure",
      "2 needed a second run: 01-s, 02-s", "4 passed, 0 failed, 0 skipped"),
     ("FAIL:",), 0),
    ((SLOW, BAD, FLAKY), (),
     ("FAIL: 01-s", "    never", "FLAKY: 02-s",
      "1 needed a second run: 02-s", "2 passed, 1 failed, 0 skipped"), (), 1),
    ((SKIPPED_THEN,), (), ("FAIL: 00-s", "0 passed, 1 failed, 0 skipped"),
     ("FLAKY",), 1),
    ((SLOW, FLAKY), ("--once",),
     ("FAIL: 01-s", "the first failure", "1 passed, 1 failed, 0 skipped"),
     ("AGAIN", "FLAKY", "second run"), 1),
    ((FLAKY,) * 9, (), ("9 failed: too many", "0 passed, 9 failed"),
     ("FLAKY",), 1),
)


def run(scenarios, options):
    with tempfile.TemporaryDirectory() as where:
        names = ["%02d-s.py" % i for i in range(len(scenarios))]
        for name, code in zip(names, scenarios):
            with open(os.path.join(where, name), "w", encoding="ascii") as f:
                f.write(code)
        return subprocess.run(
            [sys.executable, os.path.join(HERE, "run.py"), *options, *names],
            cwd=where, env=dict(os.environ, SALLYPORT="/bin/true"), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            timeout=60)


def wrong(row):
    scenarios, options, said, unsaid, status = row
    done = run(scenarios, options)
    found = ["not said: " + words for words in said
             if words not in done.stdout]
    found += ["said: " + words for words in unsaid if words in done.stdout]
    if done.returncode != status:
        found.append("status %d" % done.returncode)
    # what adds the totals up reads the last line
    if not re.search(r"\n\d+ passed, \d+ failed, \d+ skipped\n\Z",
                     "\n" + done.stdout):
        found.append("no totals at the end")
    return found and found + [done.stdout]


FAILED = [(number, found) for number, row in enumerate(TABLE)
          for found in [wrong(row)] if found]
for number, found in FAILED:
    print("row %d: %s" % (number, "\n".join(found)))
sys.exit(1 if FAILED else 0)
