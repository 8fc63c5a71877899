"""SIGUSR1 reopens the record, so that it can be moved away; no line is lost
or written twice."""
import json
import os
import signal
from lib import scenario
from lib.expect import same
from lib.process import wait_until

with scenario.start("allow to any", workers=2) as s:
    origin = s.origin()
    path = s.proxy.records.path

    def ask(first, last):
        for n in range(first, last):
            same(s.client().get("http://%s/%d" % (origin.at, n)).status, 200,
                 "request %d" % n)

    def requests(name):
        with open(name, encoding="utf-8") as file:
            return [r for r in map(json.loads, file) if r.get("method")]

    ask(0, 10)
    wait_until(lambda: len(requests(path)) == 10, 10, "ten records")
    os.rename(path, path + ".1")
    s.proxy.process.signal(signal.SIGUSR1)
    wait_until(lambda: os.path.exists(path), 10, "a new file")
    wait_until(lambda: "opened anew" in s.proxy.log(), 10, "said so")
    ask(10, 20)
    wait_until(lambda: len(requests(path)) >= 10, 10, "ten new records")
    same((len(requests(path + ".1")), len(requests(path))), (10, 10),
         "records in the old and the new file")
