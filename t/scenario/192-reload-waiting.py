"""A directory is asked otherwise from a reload on while people of one address
log in: whom it was being asked about is told to come again, and who waits for
a turn is asked about in the new way."""
# timeout: 60
import threading
from lib import scenario
from lib.expect import same
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

    directory.latency = 2
    statuses = []

    def log_in(name):
        statuses.append(
            s.client(name, RIGHT).get("http://127.0.0.1:1/").status)

    threads = [threading.Thread(target=log_in, args=("p%d" % i,))
               for i in range(2 * ROOM)]
    for thread in threads:
        thread.start()
    wait_until(lambda: count("logins_under_way") == len(threads), 5,
               "all of them there")
    waiting = count("logins_waiting")
    same(waiting, len(threads) - ROOM - 1, "who waits")
    directory.latency = 0.05
    s.proxy.configure(write("\tlimit connections 50\n"))
    s.proxy.reload()
    for thread in threads:
        thread.join(20)
    same({one: statuses.count(one) for one in sorted(set(statuses))},
         {403: waiting, 503: len(threads) - waiting}, "answers")
    same(count("logins_waiting"), 0, "who still waits")
