"""Names in a host's rules: refused, or pinned to the addresses that they have
at the moment. Whoever can't be resolved allows nothing, and denies what it
was known to be."""
from lib import host, scenario
from lib.expect import same, within
from lib.process import wait_until

host.own_host()

RULES = """resolver 127.0.0.1 port %d
guard names pinned
allow user daemon to { www.allowed.test, both.allowed.test } port 9
allow user daemon to missing.allowed.test
allow user bin to 127.0.0.8
deny user games to www.denied.test
allow user games to internal
deny to any
"""
SEND = """
import errno, socket, sys
to = sys.argv[1]
s = socket.socket(socket.AF_INET6 if ":" in to else socket.AF_INET,
                  socket.SOCK_DGRAM)
try:
    s.sendto(b"x", (to, int(sys.argv[2])))
    print("sent")
except OSError as e:
    print(errno.errorcode[e.errno])
"""
DAEMON, BIN, GAMES = 1, 2, 5

with scenario.prepare() as s:
    s.dns.ttl = 1
    s.dns.names.update({
        "*.test": None,
        "www.allowed.test": ["127.0.0.2"],
        "both.allowed.test": ["127.0.0.3", "::1"],
        "www.denied.test": ["127.0.0.5"]})
    machine = s.keep(host.Host(s.dir))
    rules = RULES % s.dns.port

    def sends(uid, to, port=9):
        return machine.python(SEND, uid, uid, to, port)

    with s.case("without the statement names are refused"):
        machine.configure(rules.replace("guard names pinned\n", ""))
        within("it has a name", machine.check(), "check")
    with s.case("patterns and what stands behind not are"):
        machine.configure("guard names pinned\ndeny to *.test\n"
                          "allow not to www.test\n")
        within("pattern of names", machine.check(), "check")
        within('behind "not"', machine.check(), "check")
    with s.case("too many are"):
        machine.configure("guard names pinned\n" + "".join(
            "deny to n%d.test\n" % i for i in range(256)))
        within("too many", machine.check(), "check")
    machine.configure(rules)
    within("good for a host", machine.check(), "check")
    machine.start()
    with s.case("names stand for their addresses at the start"):
        same(sends(DAEMON, "127.0.0.2"), "sent", "allowed")
        same(sends(DAEMON, "127.0.0.2", 10), "EPERM", "another port")
        same(sends(DAEMON, "127.0.0.3"), "sent", "both, IPv4")
        same(sends(DAEMON, "127.0.0.4"), "EPERM", "nobody's")
        same(sends(BIN, "127.0.0.2"), "EPERM", "another account")
        same(sends(GAMES, "127.0.0.5"), "EPERM", "denied")
        same(sends(GAMES, "127.0.0.6"), "sent", "not denied")
    with s.case("the family that was late"):
        wait_until(lambda: sends(DAEMON, "::1") == "sent", 8, "IPv6")
    with s.case("a name without an address is said and allows nothing"):
        machine.wait_log("missing.allowed.test has no address")
    with s.case("explain knows names, too"):
        out = machine.verb("explain", "-f", machine.conf, "daemon",
                           "127.0.0.2:9")
        within("daemon: allowed by host.conf:4", out, "explain")
        within("the filter in force: allowed", out, "explain")
    with s.case("new addresses are one flip"):
        s.dns.names["www.allowed.test"] = ["127.0.0.7"]
        s.dns.names["www.denied.test"] = None
        s.dns.names["missing.allowed.test"] = ["127.0.0.9"]
        wait_until(lambda: sends(DAEMON, "127.0.0.7") == "sent", 20, "new")
        same(sends(DAEMON, "127.0.0.2"), "EPERM", "the old one")
        machine.wait_log("names have other addresses")
    with s.case("what was missing is there"):
        wait_until(lambda: sends(DAEMON, "127.0.0.9") == "sent", 20, "new")
    with s.case("a name that is gone denies what it was"):
        same(sends(GAMES, "127.0.0.5"), "EPERM", "denied")
    with s.case("and allows nothing"):
        s.dns.names["www.allowed.test"] = None
        wait_until(lambda: sends(DAEMON, "127.0.0.7") == "EPERM", 20, "gone")
        machine.wait_log("www.allowed.test has no address now")
    with s.case("a reload keeps what is known, and learns what is new"):
        s.dns.names["www.new.test"] = ["127.0.0.10"]
        machine.reload(rules.replace(
            "both.allowed.test", "both.allowed.test, www.new.test"))
        same(sends(DAEMON, "127.0.0.3"), "sent", "known")
        wait_until(lambda: sends(DAEMON, "127.0.0.10") == "sent", 5, "new")
