"""Two thousand people behind one NAT log in at once while the directory takes a
quarter of a second for each question: nobody is refused, though some mistype.
Who only guesses, there or elsewhere, gets no further than a few guesses. And
some dozens come while it takes two seconds."""
# timeout: 240
import resource
import select
import socket
import time
from lib import scenario
from lib.client import basic
from lib.expect import holds, same
from lib.slow_directory import Directory

NAT, GUESSER, SLOW = "127.5.0.1", "127.5.0.2", "127.5.0.3"
RIGHT = "cor:rect h0rse"
PEOPLE = 2000


def ask(logins, source, seconds):
    """The statuses, in the order of the logins, all sent at once."""
    request = "GET http://127.0.0.1:1/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n" \
        "Connection: close\r\n%s\r\n"
    socks, replies = {}, [b""] * len(logins)
    for i, login in enumerate(logins):
        sock = socket.socket()
        sock.bind((source, 0))
        sock.connect(("127.0.0.1", s.proxy.port))
        sock.sendall((request % basic(*login)).encode())
        socks[sock.fileno()] = i, sock
    poll, end = select.poll(), time.monotonic() + seconds
    for fd in socks:
        poll.register(fd, select.POLLIN)
    while socks and time.monotonic() < end:
        for fd, _ in poll.poll(1000):
            i, sock = socks[fd]
            data = sock.recv(65536)
            replies[i] += data
            if not data or b"\r\n\r\n" in replies[i]:
                poll.unregister(fd)
                socks.pop(fd)[1].close()
    for _, sock in socks.values():
        sock.close()
    return [int(reply[9:12] or 0) for reply in replies]


def count(statuses):
    return {one: statuses.count(one) for one in sorted(set(statuses))}


def look_for(name):
    """A number of `status --json`."""
    text = s.proxy.status("--json")
    return int(text.split('"%s":' % name)[1].split(",")[0].split("}")[0])


soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
with scenario.prepare() as s:
    directory = Directory(0.25, RIGHT.encode()).start()
    with open(s.path("ldap.secret"), "w", encoding="ascii") as file:
        file.write("service\n")
    s.configure(
        'directory ldap corp {\n\tserver "ldap://127.0.0.1:%d"\n'
        '\tbase "dc=corp"\n\tnames uid\n\tgroups none\n\tbind "cn=service"'
        ' password file "ldap.secret"\n\ttimeout search 20s\n'
        "\ttimeout bind 20s\n}\nlimit per-address 10000\n"
        "timeout login-cache 1h\ndeny to any" % directory.port,
        accounts=(), record="off", trouble=True).start()

    # 403 is who got in: nothing is allowed here
    logins = [("person%d" % i, "typo" if i % 30 == 29 else RIGHT)
              for i in range(PEOPLE)]
    began = time.monotonic()
    statuses = ask(logins, NAT, 100)
    print("%d logins from one address in %.1f s"
          % (PEOPLE, time.monotonic() - began))
    same(count(statuses), {403: PEOPLE - PEOPLE // 30, 407: PEOPLE // 30},
         "answers")
    holds(look_for("logins_waited") > 500, "some waited for their turn")
    same(look_for("logins_waiting"), 0, "who still waits")
    wrong = [(name, RIGHT) for name, password in logins if password != RIGHT]
    same(count(ask(wrong, NAT, 60)), {403: len(wrong)}, "the second try")

    # one guess at each account, from somewhere else, and all at once
    before = directory.binds
    statuses = count(ask([("person%d" % i, "Winter2026")
                          for i in range(300)], GUESSER, 60))
    holds(statuses.get(407, 0) <= 25 and statuses.get(429, 0) >= 275,
          "guesses: %s" % statuses)
    holds(directory.binds - before <= 25, "guesses that were sent: %d"
          % (directory.binds - before))
    same(ask([("late0", RIGHT)], GUESSER, 60), [429], "who is right there")
    same(count(ask(logins[:20], NAT, 60)), {403: 20}, "the NAT goes on")

    # two seconds for each question, and a new address
    directory.latency = 2
    began = time.monotonic()
    same(count(ask([("late%d" % i, RIGHT) for i in range(80)], SLOW, 100)),
         {403: 80}, "with a slow directory")
    print("80 logins at 2 s a question in %.1f s" % (time.monotonic() - began))
