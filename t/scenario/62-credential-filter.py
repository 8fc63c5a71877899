"""The filter's life: it learns from logins, follows the verb while the proxy
runs, is refused by name where it is damaged or of another key, and what was
acknowledged survives whatever is killed."""
import os
import signal
from urllib.parse import quote

from lib import filtered
from lib.expect import holds, same, within
from lib.filtered import form
from lib.process import children_of, command_of, wait_until
from lib.proxy import PASSWORD, verb

OTHER = "Winter-2026-night"


def role(s, name):
    for pid in children_of(s.proxy.process.pid):
        if "_role " + name in command_of(pid):
            return pid
    return None


def status(s, origin, password=PASSWORD, user="alice", more="u=x"):
    client = s.client(user)
    client.secure(origin.named("www.test"))
    return form(client, "/", "%s&p=%s" % (more, quote(password))).status


def has(s, account, password):
    return verb("filter", "test", "-f", s.proxy.conf, account,
                text=password + "\n", check=False).stdout == "maybe\n"


RULES = "credentials block to any\nallow to any\nlimit login-failures 1000"
with filtered.start(RULES, lines=[], accounts=("alice", "bob"),
                    trouble=True) as s:
    origin = s.origin(tls="good")
    conf = s.proxy.conf
    with s.case("a login is learned"):
        same(status(s, origin), 403, "after the first login")
        holds(has(s, "alice", PASSWORD), "in the file")
        holds(not has(s, "bob", PASSWORD), "of somebody who didn't log in")
    with s.case("what isn't right is not learned"):
        s.client(password=OTHER).get("http://%s/" % origin.named("www.test"))
        holds(not has(s, "alice", OTHER), "a wrong password")
    with s.case("another file takes its place"):
        same(status(s, origin, more="u=bob", user="alice"), 403, "alice's")
        verb("user", "passwd", "-f", conf, "bob", text=OTHER + "\n")
        same(status(s, origin, OTHER, more="u=bob"), 200, "not known yet")
        verb("filter", "add", "-f", conf, text="bob:%s\n" % OTHER)
        wait_until(lambda: status(s, origin, OTHER, more="u=bob") == 403, 10,
                   "the new filter")
        same(status(s, origin), 403, "what the old one had learned")
    with s.case("a killed directory process"):
        pid = role(s, "directory")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: role(s, "directory") not in (None, pid), 20,
                   "another one")
        wait_until(lambda: status(s, origin) == 403, 20, "as before")
        holds(has(s, "alice", PASSWORD), "the entry")
    with s.case("damage while it runs"):
        path, kept = s.path("filter"), s.path("kept")
        whole = open(path, "rb").read()
        with open(kept, "wb") as file:
            file.write(whole[:8200] + bytes([whole[8200] ^ 1]) + whole[8201:])
        os.chmod(kept, 0o600)
        os.rename(kept, path)
        s.proxy.process.wait_for("damaged", 15)
        same(status(s, origin), 403, "the one before stays in force")
        done = verb("filter", "info", "-f", conf, check=False)
        same(done.returncode, 1, "info of it")
        within("damaged", done.stderr, "info of it")
    with s.case("it does not start with that"):
        s.proxy.stop()
        done = verb("run", "-f", conf, check=False)
        same(done.returncode, 1, "its exit status")
        within("damaged", done.stderr, "why")
    with s.case("nor with another key"):
        os.unlink(path)
        with open(path, "wb") as file:
            file.write(whole)
        os.chmod(path, 0o600)
        with open(s.path("filter.key"), "a") as file:
            file.write("x")
        done = verb("run", "-f", conf, check=False)
        same(done.returncode, 1, "its exit status")
        within("made with another key", done.stderr, "why")
