#!/usr/bin/python3
"""Compares the proxy with Squid at the same work, and with nginx and HAProxy
as mere TLS reverse proxies: what one request, one handshake, one gigabyte and
one idle connection cost. Handshakes of sallyport stand beside what their
asymmetric operations cost by `openssl speed`, and what OpenSSL takes for such
handshakes with nothing around it.

usage: run.py [--quick] [--only NAME,...] [--json FILE]

SALLYPORT names the program, BENCH_LOAD the load generator, BENCH_TLS bench_tls
(default: the ones in the current directory's tree). CPU time is that of all
processes of a proxy, from /proc, and comes first: throughput on shared cores
is noise."""
import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "scenario"))

# pylint: disable=wrong-import-position
from cold import SUFFIX, ColdOrigin  # noqa: E402
from lib.expect import Skip  # noqa: E402
from lib.pki import Pki  # noqa: E402
from lib.servers import Nginx  # noqa: E402
from subjects import (  # noqa: E402
    PASSWORD, USER, Haproxy, NginxReverse, Sallyport, Squid)

TICK = os.sysconf("SC_CLK_TCK")
SUBJECTS = [Sallyport, Squid, NginxReverse, Haproxy]

# name, load's options, per what the CPU time is told, and how many
ROWS = [
    ("keep-alive GET of 1 KB", "requests", ["-c", "32", "-n", "32", "-r",
                                            "{n}"], 2000, 200),
    ("new connection, full handshake", "connections",
     ["-c", "16", "-r", "1", "-n", "{n}"], 3000, 300),
    ("new connection, resumed", "connections",
     ["-c", "16", "-r", "1", "-s", "-n", "{n}"], 3000, 300),
    ("gigabyte", "bytes", ["-c", "1", "-n", "{n}", "-p", "/bulk"], 4, 1),
]
COLD = "new connection, cold leaf"
COLD_COUNT, COLD_COUNT_QUICK = 400, 60
BULK = 256 << 20
IDLE, IDLE_QUICK = 5000, 200
# How often a row's handshakes do what: signatures and verifications with
# P-256; X25519 twice an end, for a key of its own and what is derived. A cold
# leaf is signed for, and its origin shaken hands with: one issuer there.
FLOORS = {
    "new connection, full handshake": {"sign": 1, "ecdh": 2},
    "new connection, resumed": {"ecdh": 2},
    COLD: {"sign": 2, "ecdh": 4, "verify": 2},
}
# The handshakes of a row as bench_tls calls them, and whose ends the proxy is.
ALONE = {
    "new connection, full handshake": ("full", ["server"]),
    "new connection, resumed": ("resumed", ["server"]),
    COLD: ("full", ["server", "client"]),
}
ALONE_ROUNDS = 500


class Rig:
    """The origin: nginx with TLS, a page of 1 KB and a large file."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="sallyport-bench-")
        os.chmod(self.dir, 0o755)
        self.pki = Pki(os.path.join(self.dir, "origins"))
        home = os.path.join(self.dir, "origin")
        os.makedirs(home)
        self.origin = Nginx(
            home, self.pki.named("good"), files={"index.html": b"x" * 1024},
            more="keepalive_timeout 600s;")
        with open(os.path.join(home, "www", "bulk"), "wb") as file:
            file.truncate(BULK)
        self.port = self.origin.secure
        self.cold = None

    def make_cold(self, names):
        self.cold = ColdOrigin(os.path.join(self.dir, "cold"), self.pki,
                               os.path.join(self.dir, "origin", "www"), names)

    def load(self, subject, *options, target=None, **more):
        argv = [os.environ["BENCH_LOAD"], "-x", subject.address, "-t",
                target or "localhost:%d" % self.port, "-C", subject.ca]
        argv += ["-d"] if subject.direct else ["-u", USER + ":" + PASSWORD]
        return subprocess.Popen(argv + list(options), text=True,
                                stdout=subprocess.PIPE, **more)

    def close(self):
        self.origin.close()
        if self.cold:
            self.cold.close()
        shutil.rmtree(self.dir, ignore_errors=True)


def run_of(pid):
    """Nanoseconds on a processor of a process's threads, where the kernel
    counts them; else None."""
    total = 0
    try:
        for task in os.listdir("/proc/%d/task" % pid):
            with open("/proc/%d/task/%s/schedstat" % (pid, task),
                      encoding="ascii") as file:
                total += int(file.read().split()[0])
    except OSError:
        return None
    return total


def cpu_of(pids):
    """Seconds that the processes and their ended children have used."""
    total = 0
    for pid in pids:
        try:
            with open("/proc/%d/stat" % pid, encoding="ascii") as file:
                words = file.read().rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        exact = run_of(pid)
        total += sum(map(int, words[11:13])) / TICK if exact is None \
            else exact / 1e9
        # only the first process waits for children that have ended
        if pid == pids[0]:
            total += sum(map(int, words[13:15])) / TICK
    return total


def speeds():
    """What `openssl speed` says of one operation, in seconds."""
    done = subprocess.run(
        ["openssl", "speed", "-mr", "-seconds", "1", "ecdsap256",
         "ecdhx25519"], check=True, capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        words = line.split(":")
        if words[0] == "+F4":
            found["sign"], found["verify"] = (1 / float(w) for w in words[3:])
        if words[0] == "+F5":
            found["ecdh"] = 1 / float(words[3])
    return found


def alone():
    """What OpenSSL takes for a handshake's ends in memory, in seconds, by
    its kind; with nothing of a proxy: no socket, request, rule or record."""
    done = subprocess.run([os.environ["BENCH_TLS"], str(ALONE_ROUNDS)],
                          check=True, capture_output=True, text=True)
    found = {}
    for line in done.stdout.splitlines():
        kind, _, rest = line.partition(", OpenSSL alone ")
        if rest:
            server, client = rest.split()[:2]
            found[kind] = {"server": float(server) / 1e6,
                           "client": float(client) / 1e6}
    return found


def memory_of(pids):
    """Proportional set size in bytes."""
    total = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
    return total


def measure(rig, subject, unit, options, count, target=None):
    """One row: load's own numbers and the CPU time of the proxy."""
    before = cpu_of(subject.pids())
    child = rig.load(subject, *[o.format(n=count) for o in options],
                     target=target)
    out, _ = child.communicate(timeout=150)
    result = json.loads(out)
    if result["failed"] or result["error"]:
        raise RuntimeError("%s: %d failed: %s" % (
            subject.name, result["failed"], result["error"]))
    result["cpu"] = cpu_of(subject.pids()) - before
    done = result[unit] / (1 << 30) if unit == "bytes" else result[unit]
    result["cpu_each"] = result["cpu"] / done
    result["rate"] = done / result["seconds"]
    return result


def add_floor(name, result, before):
    """The operations as fast as they were right before and after."""
    after = speeds()
    result["floor"] = sum(n * (before[what] + after[what]) / 2
                          for what, n in FLOORS[name].items())
    result["floors"] = result["cpu_each"] / result["floor"]
    result["per_cpu_second"] = 1 / result["cpu_each"]
    kind, ends = ALONE[name]
    taken = alone()[kind]
    result["alone"] = sum(taken[end] for end in ends)


def measure_cold(rig, subject, count):
    """New names, which the origin has certificates for, none has a leaf."""
    rig.make_cold(count)
    signer = [subject.role("signer")]
    fast, before = speeds(), cpu_of(signer)
    result = measure(rig, subject, "connections",
                     ["-c", "16", "-r", "1", "-n", "{n}", "-N", SUFFIX],
                     count, target="127.0.0.1:%d" % rig.cold.port)
    result["leaf_each"] = (cpu_of(signer) - before) / count
    result["leaves_per_cpu_second"] = 1 / result["leaf_each"]
    add_floor(COLD, result, fast)
    return result


def measure_idle(rig, subject, count):
    """What an idle decrypted connection adds to memory."""
    before = memory_of(subject.pids())
    child = rig.load(subject, "-i", "-c", str(count), stdin=subprocess.PIPE)
    held = child.stdout.readline()
    if held != "held %d\n" % count:
        child.kill()
        raise RuntimeError("%s held %r" % (subject.name, held))
    after = memory_of(subject.pids())
    child.communicate("\n", timeout=30)
    return {"memory_each": (after - before) / count, "connections": count}


def warm(rig, subject):
    """Certificates made, caches filled, the login known."""
    rig.load(subject, "-c", "4", "-n", "20", "-r", "20",
             stderr=subprocess.DEVNULL).communicate(timeout=60)


def run_subject(rig, kind, quick):
    subject = kind(rig)
    try:
        subject.start()
        warm(rig, subject)
        # memory first: later rows leave free memory behind that hides it
        results = {"idle": measure_idle(
            rig, subject, IDLE_QUICK if quick else IDLE)}
        for name, unit, options, full, short in ROWS:
            fast = speeds() if subject.mints and name in FLOORS else None
            results[name] = measure(rig, subject, unit, options,
                                    short if quick else full)
            if fast:
                add_floor(name, results[name], fast)
            print("  %-10s %s" % (subject.name, name), file=sys.stderr)
        if subject.mints:
            results[COLD] = measure_cold(
                rig, subject, COLD_COUNT_QUICK if quick else COLD_COUNT)
        return results
    finally:
        subject.stop()


def table(title, results, rows):
    names = list(results)
    print("\n%-34s" % title + "".join("%12s" % n for n in names))
    for label, key, field, scale, form in rows:
        cells = []
        for name in names:
            value = results[name].get(key, {}).get(field)
            cells.append("%12s" % (
                "-" if value is None else form % (value * scale)))
        print("%-34s%s" % (label, "".join(cells)))


def report(results):
    get, full, resumed, bulk = (row[0] for row in ROWS)
    table("CPU of all processes", results, [
        ("keep-alive GET of 1 KB, us", get, "cpu_each", 1e6, "%.1f"),
        ("full handshake and one GET, us", full, "cpu_each", 1e6, "%.0f"),
        ("resumed and one GET, us", resumed, "cpu_each", 1e6, "%.0f"),
        ("a gigabyte, s", bulk, "cpu_each", 1, "%.2f")])
    own = {n: r for n, r in results.items() if COLD in r}
    for label, name in (("full handshake, warm leaf", full),
                        ("resumed", resumed), ("cold leaf", COLD)):
        if own:
            table("%s, with CONNECT and one GET" % label, own, [
                ("us of CPU", name, "cpu_each", 1e6, "%.0f"),
                ("  its asymmetric operations, us", name, "floor", 1e6,
                 "%.0f"),
                ("  times that", name, "floors", 1, "%.2f"),
                ("  OpenSSL alone, us", name, "alone", 1e6, "%.0f"),
                ("handshakes a second of CPU", name, "per_cpu_second", 1,
                 "%.0f")])
    if own:
        table("Signer", own, [
            ("a leaf, us of CPU", COLD, "leaf_each", 1e6, "%.0f"),
            ("leaves a second of CPU", COLD, "leaves_per_cpu_second", 1,
             "%.0f")])
    table("Memory", results, [
        ("one of the idle connections, KB", "idle", "memory_each", 1 / 1024, "%.1f"),
        ("  of so many", "idle", "connections", 1, "%d")])
    table("Throughput (noisy)", results, [
        ("GETs a second", get, "rate", 1, "%.0f"),
        ("  p50, us", get, "p50_us", 1, "%d"),
        ("  p99, us", get, "p99_us", 1, "%d"),
        ("full handshakes a second", full, "rate", 1, "%.0f"),
        ("  p50, us", full, "handshake_p50_us", 1, "%d"),
        ("  p99, us", full, "handshake_p99_us", 1, "%d"),
        ("resumed a second", resumed, "rate", 1, "%.0f"),
        ("  of which resumed", resumed, "resumed", 1, "%d"),
        ("MB a second", bulk, "rate", 1024, "%.0f")])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true",
                        help="a tenth of the work")
    parser.add_argument("--only", metavar="NAME,...")
    parser.add_argument("--json", metavar="FILE")
    args = parser.parse_args()
    for name, default in (("SALLYPORT", "sallyport"),
                          ("BENCH_LOAD", "t/bench/load"),
                          ("BENCH_TLS", "t/bench/bench_tls")):
        os.environ[name] = os.path.abspath(os.environ.get(name, default))
    wanted = args.only.split(",") if args.only else None
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 65536), most))
    rig, results, failed = Rig(), {}, 0
    try:
        for kind in SUBJECTS:
            if wanted and kind.name not in wanted:
                continue
            try:
                results[kind.name] = run_subject(rig, kind, args.quick)
            except Skip as why:
                print("left out: %s: %s" % (kind.name, why))
            except (RuntimeError, OSError) as why:
                failed = 1
                print("FAILED: %s: %s" % (kind.name, why))
    finally:
        rig.close()
    if results:
        report(results)
    if args.json:
        with open(args.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)
    sys.exit(failed)


if __name__ == "__main__":
    main()
