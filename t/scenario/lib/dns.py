"""dns: a name server for one scenario: a dictionary over UDP and TCP."""
import ipaddress
import socket
import struct
import threading

from lib.process import free_port

_TYPES = {1: 4, 28: 6}


def _question(packet):
    """(name, type, end of the question)"""
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
        at += 1 + packet[at]
    kind = struct.unpack("!H", packet[at + 1:at + 3])[0]
    return ".".join(labels).lower(), kind, at + 5


class Dns:
    """names: {name: [address, ...]}; "*.test" answers for all below it.
    A name that is nowhere here does not exist; an empty list has no
    address; the list ["silence"] gets no answer at all."""

    def __init__(self, names=None):
        self.names = {"*.test": ["127.0.0.1"]}
        self.names.update(names or {})
        self.ttl = 60
        self.asked = []
        self.port = free_port(socket.SOCK_DGRAM)
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _find(self, name):
        if name in self.names:
            return self.names[name]
        return self.names.get("*." + name.partition(".")[2])

    def _answer(self, packet):
        name, kind, end = _question(packet)
        self.asked.append((name, kind))
        addresses = self._find(name)
        if addresses == ["silence"]:
            return None
        found = [ipaddress.ip_address(a) for a in addresses or []]
        found = [a for a in found if a.version == _TYPES.get(kind)]
        flags = 0x8180 | (3 if addresses is None else 0)
        head = packet[:2] + struct.pack("!HHHHH", flags, 1, len(found), 0, 0)
        body = packet[12:end]
        for address in found:
            body += b"\xc0\x0c" + struct.pack(
                "!HHIH", kind, 1, self.ttl, len(address.packed)) + address.packed
        return head + body

    def _serve(self):
        while True:
            try:
                packet, peer = self.sock.recvfrom(4096)
                answer = self._answer(packet)
                if answer:
                    self.sock.sendto(answer, peer)
            except (OSError, IndexError, struct.error):
                if self.sock.fileno() < 0:
                    return

    def close(self):
        self.sock.close()
