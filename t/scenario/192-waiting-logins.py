"""A directory is asked otherwise from a reload on while people of one address
log in: whom it was being asked about is told to come again, and who waits for
a turn is asked about in the new way. Where the directory process dies, all of
them hear at once that they are to come again."""
# timeout: 60
import os
import signal
import threading
import time
from lib import scenario
from lib.expect import holds, same
from lib.process import wait_until
from lib.slow_directory import Directory

RIGHT = "cor:rect h0rse"
ROOM = 20  # of an address where nobody is known


def count(name):
    text = s.proxy.status("--json")
    return int(text.split('"%s":' % name)[1].split(",")[0].split("}")[0])


def write(more=""):
    return ('directory ldap corp {\n\tserver "ldap://127.0.0.1:%d"\n'
            '\tbase "dc=corp"\n\tnames uid\n\tgroups none\n'
            '\tbind "cn=service" password file "ldap.secret"\n%s}\n'
            "deny to any" % (directory.port, more))


with scenario.prepare() as s:
    directory = Directory(0.05, RIGHT.encode()).start()
    with open(s.path("ldap.secret"), "w", encoding="ascii") as file:
        file.write("service\n")
    s.configure(write(), accounts=(), record="off", trouble=True).start()
    same(s.client("first", RIGHT).get("http://127.0.0.1:1/").status, 403,
         "who is in")

    statuses = []

    def log_in(name):
        statuses.append(
            s.client(name, RIGHT).get("http://127.0.0.1:1/").status)

    def begin(letter):
        """Twice as many as there is room for; until all of them are there."""
        statuses.clear()
        directory.latency = 2
        all_of = [threading.Thread(target=log_in, args=(letter + str(i),))
                  for i in range(2 * ROOM)]
        for thread in all_of:
            thread.start()
        wait_until(lambda: count("logins_under_way") == len(all_of), 5,
                   "all of them there")
        directory.latency = 0.05
        return all_of

    def end(all_of, wanted):
        for thread in all_of:
            thread.join(20)
        same({one: statuses.count(one) for one in sorted(set(statuses))},
             wanted, "answers")

    threads = begin("p")
    waiting = count("logins_waiting")
    same(waiting, ROOM - 1, "who waits")
    s.proxy.configure(write("\tlimit connections 50\n"))
    s.proxy.reload()
    end(threads, {403: waiting, 503: 2 * ROOM - waiting})
    same(count("logins_waiting"), 0, "who still waits")

    threads = begin("q")
    began = time.monotonic()
    os.kill(s.proxy.pids("directory")[0], signal.SIGKILL)
    end(threads, {503: 2 * ROOM})
    holds(time.monotonic() - began < 5, "they hear at once")
    wait_until(lambda: s.client("q0", RIGHT).get(
        "http://127.0.0.1:1/").status == 403, 15, "and get in then")
