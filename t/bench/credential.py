#!/usr/bin/python3
"""What looking for passwords costs a request, and how long one is held.

usage: credential.py [--quick]

A login of 200 bytes that is no match is sent over one decrypted connection to
a site whose logins are looked into, and over another one to a site where
nothing is, in turns of some hundred requests. CPU is that of all processes of
the proxy, in nanoseconds from the scheduler; each pair of turns gives a
difference, of which the median is told. The same for logins that each come
over a connection of their own, whose two handshakes are then the larger part
of the request. Then: how long a request is held while
a directory takes 20 ms. SALLYPORT names the program."""
import argparse
import functools
import os
import statistics
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "scenario"))

# pylint: disable=wrong-import-position
from lib import filtered, scenario  # noqa: E402
from lib.proxy import verb  # noqa: E402
from lib.servers import Nginx  # noqa: E402
from lib.slow_directory import Directory  # noqa: E402
from lib.process import children_of  # noqa: E402

LOOKED, PASSED = "www.test", "fine.test"
BODY = ("csrf_token=5f1a3c9be7d24a6f8c0b1d2e3f405162738495a6"
        "&username=someone%40personal-mail.example"
        "&password=Another-Pass_word%211&remember=on"
        "&return_to=%2Faccount%2Forders%3Fpage%3D1&submit=Log+in&x=0123456")
FIELDS = ("User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko\r\n"
          "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n"
          "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, br\r\n"
          "Content-Type: application/x-www-form-urlencoded\r\n"
          "Origin: https://www.test\r\nReferer: https://www.test/login\r\n"
          "Cookie: session=0123456789abcdef0123456789abcdef\r\n"
          "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n")
PASSWORD = "first-part middle-part last-part"


def cpu_ns(pids):
    total = 0
    for pid in pids:
        with open("/proc/%d/schedstat" % pid, encoding="ascii") as file:
            total += int(file.read().split()[0])
    return total


def turn(client, pids, request, count):
    """Nanoseconds of CPU for a request."""
    before = cpu_ns(pids)
    for _ in range(count):
        client.send(request)
        client.until(b"\r\n\r\n")
    return (cpu_ns(pids) - before) / count


def fresh_turn(s, port, host, pids, request, count):
    """The same where each request has a connection of its own."""
    before = cpu_ns(pids)
    for _ in range(count):
        client = connect(s, port, host)
        client.send(request)
        client.until(b"\r\n\r\n")
        client.close()
    return (cpu_ns(pids) - before) / count


def connect(s, port, host):
    client = s.client("alice", PASSWORD)
    client.secure("%s:%d" % (host, port))
    return client


def request_of(port, host, method, path, body):
    head = "%s %s HTTP/1.1\r\nHost: %s:%d\r\n%s" % (
        method, path, host, port, FIELDS)
    if body:
        head += "Content-Length: %d\r\n" % len(body)
    return (head + "\r\n" + body).encode()


def compare(looked, passed, turns):
    """Medians of what the two functions give, called in turns."""
    costs, added = [[], []], []
    for number in range(turns):
        got = [0, 0]
        for which in (0, 1) if number % 2 else (1, 0):
            got[which] = (looked, passed)[which]()
            costs[which].append(got[which])
        added.append(got[0] - got[1])
    looked, passed = map(statistics.median, costs)
    more = statistics.median(added)
    return passed / 1e3, looked / 1e3, more / 1e3, 100 * more / passed


def measure_cost(s, port, method, path, body, turns, count):
    pids = [s.proxy.process.pid] + children_of(s.proxy.process.pid)
    clients, calls = [], []
    for host in (LOOKED, PASSED):
        client = connect(s, port, host)
        call = functools.partial(
            turn, client, pids, request_of(port, host, method, path, body),
            count)
        call()
        clients.append(client)
        calls.append(call)
    found = compare(*calls, turns)
    for client in clients:
        client.close()
    return found


def measure_fresh(s, port, turns, count):
    pids = [s.proxy.process.pid] + children_of(s.proxy.process.pid)
    calls = [functools.partial(
        fresh_turn, s, port, host, pids,
        request_of(port, host, "POST", "/login", BODY), count)
        for host in (LOOKED, PASSED)]
    return compare(*calls, turns)


def measure_hold(s, port, count):
    """(not held, held and sent on, held and refused) in ms, medians."""
    client = connect(s, port, LOOKED)

    def post(value):
        body = "p=" + value.replace(" ", "+")
        began = time.monotonic()
        # in one piece: two would wait for an acknowledgement
        client.send("POST /login HTTP/1.1\r\nHost: %s\r\n"
                    "Content-Length: %d\r\n\r\n%s" % (
                        client.inside, len(body), body))
        status = client.reply("POST").status
        return status, 1e3 * (time.monotonic() - began)

    rows = []
    for make, want in (
            (lambda i: "another value %d" % i, 204),
            (lambda i: "first-part mid%03d-part last-part" % i, 204),
            (lambda i: PASSWORD, 403)):
        times = []
        for i in range(count):
            status, took = post(make(i))
            if status != want:
                raise AssertionError("%d for %s" % (status, make(i)))
            times.append(took)
        rows.append(statistics.median(times))
    return rows


def configure(s, directory):
    with open(s.path("ldap.secret"), "w", encoding="ascii") as file:
        file.write("service\n")
    proxy = s.configure(
        filtered.HEAD + 'directory ldap corp {\n\tserver '
        '"ldap://127.0.0.1:%d"\n\tbase "dc=corp"\n\tnames uid\n\tgroups none\n'
        '\tbind "cn=service" password file "ldap.secret"\n'
        "\tlimit account 1000\n\tlimit client 1000\n}\n"
        "limit login-failures 1000\nlimit credential-failures 100000\n"
        "credentials permit to %s\ncredentials block to any\nallow to any"
        % (directory.port, PASSED), accounts=(), record="off", trouble=True)
    verb("filter", "create", "-f", proxy.conf, "-c", "100000")
    verb("filter", "add", "-f", proxy.conf, text="alice:%s\n" % PASSWORD)
    proxy.start()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    os.environ["SALLYPORT"] = os.path.abspath(
        os.environ.get("SALLYPORT", "sallyport"))
    with scenario.prepare() as s:
        directory = Directory(secret=PASSWORD.encode()).start()
        origin = s.keep(Nginx(s.path("origin"), s.pki.named("good"),
                              more="location / { return 204; }"))
        configure(s, directory)
        turns, count = (6, 200) if quick else (20, 500)
        print("| looking for passwords | not looked into | looked into "
              "| added |\n|---|---|---|---|")
        for name, method, path, body in (
                ("POST of %d bytes, no match" % len(BODY), "POST", "/login",
                 BODY),
                ("GET of a script", "GET",
                 "/assets/application-5f1a3c9be7d24a6f8c0b.js", "")):
            print("| %s, us of CPU | %.1f | %.1f | %.1f (%.1f %%) |" % (
                (name,) + measure_cost(s, origin.secure, method, path, body,
                                       turns, count)))
        print("| POST over a connection of its own, us of CPU | %.1f "
              "| %.1f | %.1f (%.1f %%) |" % measure_fresh(
                  s, origin.secure, turns, 20 if quick else 50))
        calm, passed, refused = measure_hold(s, origin.secure,
                                             10 if quick else 50)
        print("| held while a directory takes 20 ms, ms | %.1f | %.1f "
              "(wrong, sent on), %.1f (right, refused) | |" % (
                  calm, passed, refused))


if __name__ == "__main__":
    main()
