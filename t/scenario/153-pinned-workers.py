"""Four workers see the same program break off: what they see adds up, stands
in one table, and each of them then leaves the name alone."""
import json
import os
import ssl
from lib import scenario
from lib.expect import holds, same, within
from lib.process import wait_until

RULES = "decrypt all\nallow to any\n"
WORKERS = 4

with scenario.start(RULES + "bypass learn 12h", workers=WORKERS,
                    trouble=True) as s:
    origin = s.origin(tls="good")

    def counts():
        """What each worker says of its clients so far."""
        all_of = json.loads(s.proxy.status("--json"))["counters"]
        return {c["index"]: c["connections"] for c in all_of
                if c["role"] == "proxy"}

    def get_on(host):
        client = s.client()
        client.secure(origin.named(host))
        same(client.get("/").status, 200, "a request to " + host)
        client.close()

    def break_off(host):
        client = s.client()
        same(client.connect(origin.named(host)).status, 200, "CONNECT")
        try:
            client.tls(host, ca=s.pki.ca)
            return False
        except ssl.SSLError as error:
            within("verify failed", str(error), "why")
            return True
        finally:
            client.close()

    def rows(host):
        lines = json.loads(s.proxy.status("--pinned", "--json"))["pinned"]
        return [p for p in lines if p["host"] == host]

    def used(before):
        now = counts()
        return sum(now[i] > before.get(i, 0) for i in now)

    with s.case("evidence adds up"):
        get_on("www.test")
        before = counts()
        get_on("two.test")
        s.proxy.settle()
        # the kernel spreads connections: go on until two workers had one
        for attempt in range(40):
            break_off("one.test")
            if used(before) >= 2 and attempt >= 2:
                break
        holds(used(before) >= 2, "one worker had them all")
        wait_until(lambda: [p for p in rows("one.test") if p["alerts"] >= 3],
                   10, "three or more")
        same(len(rows("one.test")), 1, "one row for all")
        same(rows("one.test")[0]["role"], "signer", "whose table")
        s.proxy.settle()

    with s.case("every worker leaves it alone"):
        before = counts()
        for attempt in range(60):
            holds(not break_off("one.test"), "decrypted by some worker")
            if used(before) == WORKERS:
                break
        same(used(before), WORKERS, "workers that were asked")
        same(s.proxy.status("--pinned").count("one.test"), 2,
             "in the table, and in the line that is ready")

    with s.case("a new worker is told"):
        old = s.proxy.pids("proxy")
        for pid in old:
            os.kill(pid, 9)
        wait_until(lambda: len(s.proxy.pids("proxy")) == WORKERS and
                   not set(old) & set(s.proxy.pids("proxy")), 20, "workers")
        wait_until(lambda: s.proxy.log().count("] is ready") >= WORKERS, 10,
                   "all are ready")
        s.proxy.settle()
        before = counts()
        for attempt in range(60):
            holds(not break_off("one.test"), "decrypted by a new worker")
            if used(before) >= 3:
                break

    with s.case("who gets on after all is told everywhere"):
        for _ in range(2):
            break_off("three.test")
        wait_until(lambda: rows("three.test"), 10, "evidence")
        s.proxy.settle()
        for _ in range(8):
            get_on("three.test")
        wait_until(lambda: not rows("three.test"), 10,
                   "no evidence of one that got on")
        s.proxy.settle()
        for _ in range(6):
            holds(break_off("three.test"), "not decrypted any more")

    with s.case("a new signer learns anew"):
        pid = s.proxy.pids("signer")[0]
        os.kill(pid, 9)
        wait_until(lambda: s.proxy.pids("signer") not in ([], [pid]), 10,
                   "another signer")
        s.proxy.wait_log("signer is ready")
        get_on("www.test")
        get_on("two.test")
        s.proxy.settle()
        holds(not break_off("one.test"), "the workers know still")
        for _ in range(3):
            break_off("bank.test")
        wait_until(lambda: rows("bank.test") and
                   rows("bank.test")[0]["bypassed_ms"], 5, "learned")

    with s.case("bypass learn off"):
        s.proxy.configure(RULES)
        s.proxy.reload()
        for _ in range(12):
            holds(break_off("one.test"), "still left alone")
