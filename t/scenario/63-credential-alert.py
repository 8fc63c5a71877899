"""Alerts: webhook and command get the incident's record; what can't be
delivered waits in a file and survives the processes."""
import json
import os
from urllib.parse import quote

from lib import filtered
from lib.expect import absent, holds, same
from lib.filtered import form
from lib.process import children_of, command_of, wait_until
from lib.proxy import PASSWORD

BUSY = "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
GOOD = "HTTP/1.1 204 Done\r\n\r\n"
COMMAND = """#!/bin/sh
cat >>"%(dir)s/told"; echo >>"%(dir)s/told"
[ -e "%(dir)s/well" ]
"""


def submit(s, origin):
    client = s.client()
    client.secure(origin.named("www.test"))
    same(form(client, "/", "p=" + quote(PASSWORD)).status, 403, "blocked")


def alerter(s):
    for pid in children_of(s.proxy.process.pid):
        if "_role alerter" in command_of(pid):
            return pid
    return None


with filtered.prepare() as s:
    hook = s.origin([BUSY, GOOD], tls="good")
    told = s.path("out")
    os.mkdir(told)
    os.chmod(told, 0o777)
    with open(s.path("tell"), "w") as file:
        file.write(COMMAND % {"dir": told})
    os.chmod(s.path("tell"), 0o755)
    filtered.begin(s, """alert webhook "https://www.test:%d/in?key=1"
alert command "tell"
credentials block alert to any
allow to any""" % hook.port, trouble=True)
    origin = s.origin(tls="good")
    open(os.path.join(told, "well"), "w").close()

    submit(s, origin)
    wait_until(lambda: len(hook.requests) == 2, 15, "the second try")
    same(hook.requests[0].body, hook.requests[1].body, "tried again")
    same(hook.requests[1].start, "POST /in?key=1 HTTP/1.1", "where")
    record = json.loads(hook.requests[1].body)
    same(record, s.record(type="credential"), "the record")

    def lines():
        with open(os.path.join(told, "told")) as file:
            return [json.loads(line) for line in file if line.strip()]

    wait_until(lambda: os.path.exists(os.path.join(told, "told")), 10,
               "the command")
    wait_until(lambda: lines() == [record], 10, "what the command was given")
    spool = s.path("filter.alerts")
    wait_until(lambda: os.path.getsize(spool) == 0, 10, "the spool is empty")

    # neither can be told: both wait, through a kill of the alerter and a
    # restart of all
    hook.answer = BUSY
    os.unlink(os.path.join(told, "well"))
    submit(s, origin)
    wait_until(lambda: os.path.getsize(spool) > 0, 10, "the spool")
    first = alerter(s)
    os.kill(first, 9)
    wait_until(lambda: alerter(s) not in (None, first), 20, "a new alerter")
    s.proxy.stop()
    holds(os.path.getsize(spool) > 0, "the spool after the end")
    absent(PASSWORD, open(spool).read(), "the password")
    hook.answer = GOOD
    open(os.path.join(told, "well"), "w").close()
    before = len(hook.requests)
    s.proxy.start()
    wait_until(lambda: len(hook.requests) > before, 15, "told after all")
    wait_until(lambda: os.path.getsize(spool) == 0, 15, "the spool")
    same(json.loads(hook.requests[-1].body)["submitted"], "alice", "whose")
