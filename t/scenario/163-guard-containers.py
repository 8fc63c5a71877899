"""Programs in other network namespaces are judged, denied, exempt or taken for
one account; forwarded packets have no socket here; answers to connections
from outside are judged or allowed; an older filter goes when the new one
holds."""
import json
import os
import socket
import subprocess
import sys

from lib import host, scenario
from lib.expect import Failure, same, within

host.own_host()

DAEMON, BIN, GAMES = 1, 2, 5
RULES = """guard exempt root
allow user daemon to 127.0.0.1
allow user games to 127.0.0.2
deny to any
"""
SEND = """
import errno, socket, sys
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
        b"x", (sys.argv[1], 9))
    print("sent")
except OSError as e:
    print(errno.errorcode[e.errno])
"""
LATER = """
import errno, socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("open", flush=True)
sys.stdin.readline()
try:
    s.sendto(b"x", ("127.0.0.1", 9))
    print("sent", flush=True)
except OSError as e:
    print(errno.errorcode[e.errno], flush=True)
"""
SERVE = """
import socket, sys
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("up", flush=True)
while True:
    conn, _ = listener.accept()
    conn.sendall(conn.recv(10))
    conn.close()
"""
# a shell in a network namespace of its own, where loopback is up
INSIDE = ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]


def contained(machine, login, uid, to):
    """As root makes the namespace, and somebody runs in it."""
    become = ["setpriv", "--reuid", str(uid), "--regid", str(uid),
              "--clear-groups"] if uid else []
    done = machine.run([*INSIDE, *become, sys.executable, "-c", SEND, to],
                       login)
    return (done.stdout + done.stderr).strip()


def rootless(machine, login, uid, to):
    done = machine.run(["unshare", "-Ur", *INSIDE, sys.executable, "-c",
                        SEND, to], login, uid)
    return (done.stdout + done.stderr).strip()


def ask(port):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as s:
            s.settimeout(1)
            s.sendall(b"hello")
            return s.recv(10)
    except OSError as error:
        return type(error).__name__


def tried(*words):
    subprocess.run(words, check=True, capture_output=True)


with scenario.prepare() as s:
    machine = s.keep(host.Host(s.dir))
    machine.configure(RULES)
    machine.start()
    with s.case("judged as everybody"):
        same(contained(machine, None, 0, "127.0.0.3"), "sent", "root")
        same(contained(machine, None, DAEMON, "127.0.0.1"), "sent", "daemon")
        same(contained(machine, None, DAEMON, "127.0.0.2"), "EPERM", "else")
        same(contained(machine, DAEMON, 0, "127.0.0.2"), "EPERM", "sudo")
        got = rootless(machine, DAEMON, DAEMON, "127.0.0.2")
        if "unshare" not in got:
            same(got, "EPERM", "a container without root")
            same(rootless(machine, DAEMON, DAEMON, "127.0.0.1"), "sent",
                 "allowed")
    with s.case("denied"):
        machine.reload("guard containers denied\n" + RULES)
        for login, uid in ((None, 0), (None, DAEMON), (DAEMON, DAEMON)):
            same(contained(machine, login, uid, "127.0.0.1"), "EPERM", uid)
        got = machine.records.find(type="packet", reason="container")
        same((got["verdict"], got["address"]), ("deny", "127.0.0.1:9"),
             "the record")
        same(machine.python(SEND, DAEMON, DAEMON, "127.0.0.1"), "sent",
             "on the host itself")
    with s.case("exempt"):
        machine.reload("guard containers exempt\n" + RULES)
        same(contained(machine, DAEMON, DAEMON, "127.0.0.3"), "sent", "all")
        same(machine.python(SEND, DAEMON, DAEMON, "127.0.0.3"), "EPERM",
             "on the host itself")
    with s.case("as an account"):
        machine.reload("guard containers as games\n" + RULES)
        same(contained(machine, None, 0, "127.0.0.2"), "sent", "root")
        same(contained(machine, None, 0, "127.0.0.1"), "EPERM", "root, else")
        same(contained(machine, DAEMON, DAEMON, "127.0.0.2"), "sent", "1")
    with s.case("as nobody of that name"):
        machine.reload("guard containers as nobody-of-that-name\n" + RULES,
                       "is not known")
        same(contained(machine, None, 0, "127.0.0.2"), "sent", "as before")
    with s.case("sockets from before the daemon"):
        machine.daemon.stop()
        machine.verb("off")
        early = machine.popen([*INSIDE, sys.executable, "-c", LATER],
                              stdin=-1, stdout=-1)
        same(early.stdout.readline(), "open\n", "a program")
        machine.configure("guard containers denied\n" + RULES)
        machine.start()
        early.stdin.write("go\n")
        early.stdin.flush()
        same(early.stdout.readline(), "EPERM\n", "a socket of root's")
    with s.case("forwarded packets are not ours, their senders are"):
        # another namespace, for which this one is the router
        far = subprocess.Popen(["unshare", "-n", "sleep", "60"])
        machine.children.append(far)
        while os.readlink("/proc/%d/ns/net" % far.pid) == \
                os.readlink("/proc/self/ns/net"):
            pass
        enter = ["nsenter", "-n", "-t", str(far.pid)]
        tried("ip", "link", "add", "near0", "type", "veth", "peer", "name",
              "far0", "netns", str(far.pid))
        tried("ip", "addr", "add", "10.9.0.1/24", "dev", "near0")
        tried("ip", "link", "set", "near0", "up")
        tried("ip", "link", "add", "sink0", "type", "veth", "peer", "name",
              "sink1")
        # IPv6 would say things of its own there
        for name in "sink0", "sink1":
            with open("/proc/sys/net/ipv6/conf/%s/disable_ipv6" % name,
                      "w") as file:
                file.write("1")
        tried("ip", "link", "set", "sink1", "up")
        tried("ip", "link", "set", "sink0", "up", "arp", "off")
        tried("ip", "route", "add", "10.8.0.0/24", "dev", "sink0")
        with open("/proc/sys/net/ipv4/ip_forward", "w") as file:
            file.write("1")
        for words in (["addr", "add", "10.9.0.2/24", "dev", "far0"],
                      ["link", "set", "far0", "up"],
                      ["route", "add", "default", "via", "10.9.0.1"]):
            tried(*enter, "ip", *words)

        def forwarded():
            shown = subprocess.run(
                ["ip", "-s", "-j", "link", "show", "sink0"], check=True,
                capture_output=True, text=True).stdout
            return json.loads(shown)[0]["stats64"]["tx"]["packets"]
        before = forwarded()
        send = [*enter, sys.executable, "-c", SEND, "10.8.0.8"]
        same(subprocess.run(send, capture_output=True, text=True,
                            check=True).stdout, "sent\n", "who isn't filtered")
        same(forwarded(), before + 1, "packets that were forwarded")
        same(machine.run(send).stdout, "EPERM\n", "who is")
        same(forwarded(), before + 1, "packets that were forwarded")
    with s.case("answers are judged"):
        machine.reload("deny to any\n")
        port = 4711
        server = machine.popen([sys.executable, "-c", SERVE, str(port)],
                               DAEMON, DAEMON, stdout=-1)
        same(server.stdout.readline(), "up\n", "a server")
        same(ask(port), "TimeoutError", "a client from outside")
    with s.case("answers are allowed, and nothing else"):
        machine.reload("guard replies allowed\ndeny to any\n")
        same(ask(port), b"hello", "a client from outside")
        same(machine.python(SEND, DAEMON, DAEMON, "127.0.0.1"), "EPERM",
             "what it sends itself")
        machine.reload("deny to any\n")
        same(ask(port), "TimeoutError", "a client from outside, again")
    with s.case("an older filter goes when the new one holds"):
        machine.daemon.stop()
        older = machine.pins + "/host-1"
        newer = [name for name in os.listdir(machine.pins)][0]
        if not newer.startswith("host-") or newer == "host-1":
            raise Failure("pins are called %s" % newer)
        os.mkdir(older)
        # as an older program would have left it
        for name in os.listdir(machine.pins + "/" + newer):
            os.rename("%s/%s/%s" % (machine.pins, newer, name),
                      "%s/%s" % (older, name))
        same(machine.python(SEND, DAEMON, DAEMON, "127.0.0.1"), "EPERM",
             "the older filter")
        machine.configure(RULES)
        machine.start()
        same(os.listdir(machine.pins), [newer], "what is pinned")
        same(machine.python(SEND, DAEMON, DAEMON, "127.0.0.1"), "sent",
             "the new rules")
        same(machine.python(SEND, DAEMON, DAEMON, "127.0.0.2"), "EPERM",
             "the new rules")
    within("7 programs", machine.verb("status"), "status")
