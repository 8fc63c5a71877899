#!/usr/bin/python3
"""Runs the scenarios: starts the built program against real clients and
origins, one process a scenario, a few at a time.

usage: run.py [-j N] [-v] [NN-name.py ...]

SALLYPORT names the program (default: sallyport in the current directory).
A scenario passes with status 0 and is skipped with 77; it may carry a line
"# timeout: SECONDS". Exit status 1 when one failed."""
import argparse
import concurrent.futures
import glob
import os
import re
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TIMEOUT = 60


def timeout_of(path):
    with open(path, encoding="utf-8") as file:
        found = re.search(r"^# timeout: (\d+)$", file.read(), re.M)
    return int(found.group(1)) if found else TIMEOUT


def run_one(path):
    """(path, "PASS" | "FAIL" | "SKIP", output, seconds)"""
    began = time.monotonic()
    child = subprocess.Popen(
        ["/usr/bin/python3", path], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env=dict(os.environ, PYTHONPATH=HERE, PYTHONDONTWRITEBYTECODE="1"),
        start_new_session=True)
    try:
        output, _ = child.communicate(timeout=timeout_of(path))
        result = {0: "PASS", 77: "SKIP"}.get(child.returncode, "FAIL")
    except subprocess.TimeoutExpired:
        # its own session, so this ends what it started and no more
        os.killpg(child.pid, signal.SIGKILL)
        output, _ = child.communicate()
        output += b"\nFAIL: took longer than its time"
        result = "FAIL"
    return path, result, output.decode("utf-8", "replace"), \
        time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("-j", type=int, default=2, metavar="N")
    parser.add_argument("-v", action="store_true",
                        help="print what scenarios that pass say, too")
    parser.add_argument("scenario", nargs="*")
    args = parser.parse_args()
    program = os.path.abspath(os.environ.get("SALLYPORT", "sallyport"))
    if not os.access(program, os.X_OK):
        sys.exit("run.py: no program at %s" % program)
    os.environ["SALLYPORT"] = program
    os.environ.setdefault("SCENARIO_OUT", os.path.abspath("t/out"))
    paths = args.scenario or sorted(
        glob.glob(os.path.join(HERE, "[0-9][0-9]*-*.py")))
    counts = {"PASS": 0, "FAIL": 0, "SKIP": 0}
    with concurrent.futures.ThreadPoolExecutor(args.j) as pool:
        for path, result, output, seconds in pool.map(run_one, paths):
            counts[result] += 1
            name = os.path.basename(path).removesuffix(".py")
            print("%s: %s (%.1f s)" % (result, name, seconds), flush=True)
            if result != "PASS" or args.v:
                print("".join("    %s\n" % line
                              for line in output.splitlines()), end="",
                      flush=True)
    print("%d passed, %d failed, %d skipped" % (
        counts["PASS"], counts["FAIL"], counts["SKIP"]))
    sys.exit(1 if counts["FAIL"] else 0)


if __name__ == "__main__":
    main()
