"""Killed at any moment, the filter's writers lose nothing that was
acknowledged: the proxy a login, the verb a line."""
# timeout: 180
import os
import random
import signal
import subprocess
import threading
import time

from lib import filtered
from lib.expect import holds, same
from lib.process import children_of, command_of, wait_until
from lib.proxy import program, verb

ROUNDS = int(os.environ.get("KILLS", "12"))


def kill_soon(pid, seconds):
    time.sleep(random.random() * seconds)
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def has(s, account, password):
    return verb("filter", "test", "-f", s.proxy.conf, account,
                text=password + "\n", check=False).stdout == "maybe\n"


def cheap(password):
    return subprocess.run(
        ["openssl", "passwd", "-6", "-salt", "rounds=1000$kill", "-stdin"],
        input=password.encode(), capture_output=True, check=True
    ).stdout.decode().strip()


with filtered.prepare() as s:
    names = ["person%d" % number for number in range(ROUNDS * 6 + 1)]
    proxy = s.configure(filtered.HEAD + "limit login-failures 1000\n"
                        "allow to any", trouble=True)
    with open(proxy.path("accounts"), "a") as file:
        for name in names:
            file.write("%s:%s\n" % (name, cheap("secret of " + name)))
    verb("filter", "create", "-f", proxy.conf, "-c", "1000000")
    proxy.start()
    origin = s.origin()
    learned = []

    def log_in(name):
        try:
            reply = s.client(name, "secret of " + name).get(
                "http://%s/" % origin.at)
            if reply.status == 200:
                learned.append(name)
        except Exception:
            pass  # not acknowledged

    # while some of six log in, however long that takes here
    began = time.monotonic()
    log_in(names[-1])
    seconds = max(0.15, 4 * (time.monotonic() - began))
    for number in range(ROUNDS):
        if number:
            os.unlink(s.path("stderr"))
            proxy.start()
        killer = threading.Thread(target=kill_soon,
                                  args=(proxy.process.pid, seconds))
        family = children_of(proxy.process.pid)
        killer.start()
        for name in names[6 * number:6 * number + 6]:
            log_in(name)
        killer.join()
        proxy.process.wait(10)
        wait_until(lambda: not any(command_of(pid) for pid in family), 10,
                   "its workers are gone")
    lost = [name for name in learned
            if not has(s, name, "secret of " + name)]
    print("%d kills of the proxy, %d logins acknowledged, %d lost" % (
        ROUNDS, len(learned), len(lost)))
    same(lost, [], "logins that were lost")
    holds(len(learned) >= ROUNDS, "hardly anybody logged in")
    proxy.process = None

    # the verb: old or new, and if it said so, new
    lines = "".join("other%d:secret %d\n" % (n, n) for n in range(20000))
    done = kept = 0
    for number in range(ROUNDS):
        text = "mark%d:the mark of %d\n" % (number, number) + lines
        child = subprocess.Popen(
            [program(), "filter", "add", "-q", "-f", proxy.conf],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        threading.Timer(random.random() * 0.8, child.kill).start()
        try:
            out, _ = child.communicate(text)
        except BrokenPipeError:
            out = ""
        child.wait()
        verb("filter", "info", "-f", proxy.conf)  # it is whole
        here = has(s, "mark%d" % number, "the mark of %d" % number)
        kept += here
        if out:
            done += 1
            holds(here, "what was acknowledged is lost")
    print("%d kills of the verb: %d acknowledged, %d there" % (
        ROUNDS, done, kept))
