#!/usr/bin/python3
"""Runs the scenarios: starts the built program against real clients and
origins, one process a scenario, a few at a time.

usage: run.py [-j N] [-v] [--once] [NN-name.py ...]

SALLYPORT names the program (default: sallyport in the current directory).
A scenario passes with status 0 and is skipped with 77; it may carry a line
"# timeout: SECONDS". One that fails is run once more, alone, when all others
have ended: if it passes then, it counts as passed and is listed as FLAKY, with
what it said when it failed. --once does without; so does a run where more
than AGAIN_MAX failed, as that is no chance. Exit status 1 when one failed."""
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
AGAIN_MAX = 8


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


def name_of(path):
    return os.path.basename(path).removesuffix(".py")


def indented(output):
    return "".join("    %s\n" % line for line in output.splitlines())


def tell(word, path, seconds, output=""):
    print("%s: %s (%.1f s)\n%s" % (word, name_of(path), seconds,
                                   indented(output)), end="", flush=True)


class Run:
    """What came of each scenario."""

    def __init__(self, args):
        self.args = args
        self.counts = {"PASS": 0, "FAIL": 0, "SKIP": 0}
        self.failed = []  # as run_one() gives them
        self.flaky = []

    def count(self, path, result, output, seconds):
        self.counts[result] += 1
        tell(result, path, seconds,
             output if result != "PASS" or self.args.v else "")

    def all(self, paths):
        with concurrent.futures.ThreadPoolExecutor(self.args.j) as pool:
            for done in pool.map(run_one, paths):
                if done[1] == "FAIL" and not self.args.once:
                    self.failed.append(done)
                    tell("AGAIN", done[0], done[3], done[2])
                else:
                    self.count(*done)

    def again(self):
        """Those that failed, one by one."""
        if len(self.failed) > AGAIN_MAX:
            print("%d failed: too many to be chance, none is run again"
                  % len(self.failed))
            for path, result, _, seconds in self.failed:
                self.count(path, result, "see above", seconds)
            return
        for path, _, first, _ in self.failed:
            _, result, output, seconds = run_one(path)
            if result == "PASS":
                self.counts["PASS"] += 1
                self.flaky.append(name_of(path))
                tell("FLAKY", path, seconds, first)
            else:
                # one that is skipped now has not passed either
                self.count(path, "FAIL", output, seconds)

    def close(self):
        if self.flaky:
            print("%d needed a second run: %s" % (len(self.flaky),
                                                  ", ".join(self.flaky)))
        print("%d passed, %d failed, %d skipped" % (
            self.counts["PASS"], self.counts["FAIL"], self.counts["SKIP"]))
        return 1 if self.counts["FAIL"] else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("-j", type=int, default=2, metavar="N")
    parser.add_argument("-v", action="store_true",
                        help="print what scenarios that pass say, too")
    parser.add_argument("--once", action="store_true",
                        help="no second run for scenarios that fail")
    parser.add_argument("scenario", nargs="*")
    args = parser.parse_args()
    program = os.path.abspath(os.environ.get("SALLYPORT", "sallyport"))
    if not os.access(program, os.X_OK):
        sys.exit("run.py: no program at %s" % program)
    os.environ["SALLYPORT"] = program
    os.environ.setdefault("SCENARIO_OUT", os.path.abspath("t/out"))
    run = Run(args)
    run.all(args.scenario or sorted(
        glob.glob(os.path.join(HERE, "[0-9][0-9]*-*.py"))))
    run.again()
    sys.exit(run.close())


if __name__ == "__main__":
    main()
