"""The DSCP value of an account's rule stands in every packet that goes to the
origin on its behalf, from the first one on, in IPv4 and in IPv6; and in no
packet of an account that has none, nor towards the clients."""
import os
import socket
import struct
import subprocess
import sys
import threading

from lib import scenario
from lib.expect import holds, same
from lib.process import wait_until

scenario.need_root("a network namespace, and its packets")
if "SCENARIO_NETNS" not in os.environ:
    # a network of our own: nobody else's packets are seen
    probe = subprocess.run(["unshare", "-n", "true"], check=False,
                           capture_output=True)
    if probe.returncode:
        print("SKIP: no network namespaces here")
        sys.exit(77)
    os.environ["SCENARIO_NETNS"] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)

SYN = 0x02


class Wire:
    """What goes over loopback: (version, dscp, from port, to port, flags)
    of each TCP packet."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(3))  # ETH_P_ALL
        # room for all of it, should we be slow to take it
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 64 << 20)  # RCVBUFFORCE
        self.sock.bind(("lo", 0))
        self.seen = []
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        while True:
            try:
                packet, where = self.sock.recvfrom(70000)
            except OSError:
                return
            if where[2] == socket.PACKET_OUTGOING:
                continue  # loopback shows each twice
            packet = packet[14:]
            if packet[0] >> 4 == 4 and packet[9] == 6:
                self.note(4, packet[1], packet[(packet[0] & 15) * 4:])
            elif packet[0] >> 4 == 6 and packet[6] == 6:
                self.note(6, (packet[0] & 15) << 4 | packet[1] >> 4,
                          packet[40:])

    def note(self, version, tos, tcp):
        self.seen.append((version, tos >> 2, *struct.unpack("!HH", tcp[:4]),
                          tcp[13]))

    def towards(self, port):
        return [p for p in list(self.seen) if p[3] == port]

    def close(self):
        self.sock.close()


with scenario.start("user alice dscp 10\nuser bob dscp 46\n"
                    "decrypt all except { bank.test }\nallow to any",
                    accounts=("alice", "bob", "carol")) as s:
    wire = s.keep(Wire())
    big = "x" * 200000

    def ask(user, origin, where, inside=False, tunnel=False):
        client = s.client(user)
        url = "http://%s/" % where
        if inside or tunnel:
            client.secure(where, ca=s.pki.ca if tunnel else None)
            url = "/"
        client.request("POST", url, body=big)
        same(client.reply().status, 200, "status")
        client.close()
        # loopback takes 64 KB a packet: at least these, and the first two
        wait_until(lambda: len(wire.towards(origin.port)) >= 5, 5,
                   "packets to the origin")
        return wire.towards(origin.port)

    def check(packets, version, dscp):
        same({(p[0], p[1]) for p in packets}, {(version, dscp)},
             "IP version and DSCP of what the origin got")
        holds(any(p[4] & SYN for p in packets), "the first one is not there")

    for name, user, dscp in (("alice", "alice", 10), ("bob", "bob", 46),
                             ("an account without", "carol", 0)):
        with s.case(name + ", IPv4"):
            origin = s.origin()
            check(ask(user, origin, origin.at), 4, dscp)
        with s.case(name + ", IPv6"):
            origin = s.origin(address="::1")
            check(ask(user, origin, origin.at), 6, dscp)
        with s.case(name + ", decrypted"):
            origin = s.origin(tls="good")
            check(ask(user, origin, origin.named("www.test"), inside=True),
                  4, dscp)
        with s.case(name + ", in a tunnel"):
            origin = s.origin(tls="good")
            check(ask(user, origin, origin.named("bank.test"), tunnel=True),
                  4, dscp)
    with s.case("towards clients"):
        same({p[1] for p in list(wire.seen) if p[2] == s.proxy.port}, {0},
             "DSCP of what clients got")
