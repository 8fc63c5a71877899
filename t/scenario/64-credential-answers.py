"""What the directory's answer, its silence and its limits make of a request:
wrong pairs pass, silence is what the configuration says, and after the budget
the filter alone decides and it is told."""
import os
import signal
import time
from urllib.parse import quote

from lib import filtered
from lib.expect import holds, same
from lib.filtered import form
from lib.process import children_of, command_of, wait_until
from lib.proxy import PASSWORD


def directory(s):
    for pid in children_of(s.proxy.process.pid):
        if "_role directory" in command_of(pid):
            return pid
    return None


def post(s, origin, password, user="alice"):
    client = s.client(user)
    client.secure(origin.named("www.test"))
    return form(client, "/", "p=" + quote(password)).status


# passwords that the filter takes for alice's: the same first and last third
LIKE = ["cor:r%02dt h0rse" % number for number in range(12)]
RULES = """timeout credential 1s
limit credential-failures 3
credentials %s to any
allow to any"""

with filtered.start(RULES % "block" + "\ncredentials unanswered deny") as s:
    origin = s.origin(tls="good")
    same(post(s, origin, PASSWORD), 403, "right")
    with s.case("a pair that is none passes, and costs one of three"):
        same(post(s, origin, LIKE[0]), 200, "wrong")
        same(post(s, origin, LIKE[0]), 200, "the same again, from memory")
        same(post(s, origin, LIKE[1]), 200, "second")
        same(post(s, origin, LIKE[2]), 200, "third")
        same(post(s, origin, LIKE[0]), 200, "known to be wrong")
    with s.case("after the budget the filter decides"):
        same(post(s, origin, LIKE[3]), 403, "nobody was asked")
        s.record(type="credential", verdict="filter-only")
    with s.case("silence"):
        pid = directory(s)
        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        same(post(s, origin, PASSWORD), 503, "denied")
        holds(0.9 < time.monotonic() - began < 4, "its time")
        s.record(type="credential", verdict="unanswered")
        s.proxy.configure(
            filtered.HEAD + RULES % "block" + "\ncredentials unanswered allow")
        os.kill(pid, signal.SIGCONT)
        s.proxy.reload()
        s.client().get("http://%s/" % origin.named("www.test"))  # log in
        os.kill(pid, signal.SIGSTOP)
        same(post(s, origin, PASSWORD), 200, "allowed")
        os.kill(pid, signal.SIGCONT)
    with s.case("report passes and is recorded"):
        s.proxy.configure(filtered.HEAD + RULES % "report")
        s.proxy.reload()
        wait_until(lambda: post(s, origin, PASSWORD) == 200, 5, "passes")
        s.record(type="credential", action="would-block")
    with s.case("permit looks at nothing"):
        s.proxy.configure(filtered.HEAD + RULES % "permit")
        s.proxy.reload()
        before = s.proxy.records.count(type="credential")
        same(post(s, origin, PASSWORD), 200, "permitted")
        same(s.proxy.records.count(type="credential"), before, "records")
