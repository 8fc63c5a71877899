"""A child that is killed is started again and said so; connections on the
other workers don't notice, and the next login or certificate just works."""
import json
import os
import signal
from lib import scenario
from lib.expect import holds, same
from lib.process import wait_until

with scenario.start("decrypt all\nallow to any", workers=2,
                    trouble=True) as s:
    origin = s.origin(tls="good")
    plain = s.origin()
    url = "http://%s/" % plain.at

    def kill(role, pid):
        before = s.proxy.pids(role)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pid not in s.proxy.pids(role)
                   and len(s.proxy.pids(role)) == len(before), 15,
                   "%s is started again:\n%s" % (role, s.proxy.log()[-800:]))

    def works(name):
        def once():
            try:
                client = s.client()
                client.secure(origin.named(name))
                return client.get("/").body == b"hello"
            except Exception:  # pylint: disable=broad-except
                return False
        wait_until(once, 15, name + " works:\n" + s.proxy.log()[-800:])

    same([len(s.proxy.pids(r)) for r in ("proxy", "signer", "directory")],
         [2, 1, 1], "processes")
    kill("signer", s.proxy.pids("signer")[0])
    works("one.test")
    kill("directory", s.proxy.pids("directory")[0])
    works("two.test")

    # clients on both workers, then one worker dies
    def spread():
        all_of = json.loads(s.proxy.status("--json"))["counters"]
        return {c["index"]: c["connections"] for c in all_of
                if c["role"] == "proxy"}

    before, clients = spread(), []
    while len(clients) < 12 or any(
            spread()[i] == n for i, n in before.items()):
        holds(len(clients) < 200, "one worker has them all")
        clients.append(s.client())
        same(clients[-1].get(url).status, 200, "before")
    kill("proxy", s.proxy.pids("proxy")[0])
    alive = 0
    for client in clients:
        try:
            alive += client.get(url).status == 200
        except Exception:  # pylint: disable=broad-except
            pass
    holds(0 < alive < len(clients),
          "%d of %d connections live on" % (alive, len(clients)))
    works("three.test")
