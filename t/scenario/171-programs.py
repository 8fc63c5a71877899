"""Programs that people use: each logs in, gets and posts through a decrypted
connection, trusts our authority in its own way, says clearly that an origin
is bad, and refuses to go on where it trusts nothing."""
# timeout: 240
import os
import sys

from lib import programs, scenario
from lib.expect import absent, same, within
from lib.process import wait_until

BODY = "name=w\u00f6rter & so on"


def echo(conn, request):
    body = request.body or b"hello"
    conn.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
              b"Content-Length: %d\r\n\r\n" % len(body) + body)


with scenario.start("decrypt all\nallow to any") as s:
    if os.environ.get("SCENARIO_PROGRAMS") and programs.missing():
        sys.exit("not installed: " + ", ".join(programs.missing()))
    origin = s.origin(echo, tls="good")
    expired = s.origin(echo, tls="expired").named("www.test")
    count = 0
    for name, program in programs.all_of(s).items():
        target = origin.named("www.test")
        with s.case(name + ": GET"):
            done = program.ask(target)
            same((done.exit, done.status, done.text), (0, 200, "hello"),
                 done.errors)
            count += 1
        with s.case(name + ": POST"):
            done = program.ask(target, "ascii=1")
            same((done.exit, done.status, done.text), (0, 200, "ascii=1"),
                 done.errors)
            count += 1
        with s.case(name + ": a bad origin"):
            done = program.ask(expired)
            same(done.status, 502, done.errors)
            within("certificate has expired", done.text, "the page")
        with s.case(name + ": nothing trusted"):
            done = program.ask(target, trust=None)
            same((done.status, done.exit != 0), (0, True), done.errors)
            within("certificate", done.errors.lower().replace(
                "pkix path", "certificate path"), "what it says")
            absent("hello", done.text, "what came all the same")
    wait_until(lambda: s.proxy.records.count(
        account="alice", scheme="https", status=200, host="www.test") == count,
               5, "%d records" % count)
    for name in programs.missing():
        print("not installed, so not asked: " + name)
