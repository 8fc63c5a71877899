"""ldapstub: a directory server as far as a misbehaving one needs to go.

Entries are {name: Entry}; a search finds the one whose name stands in its
filter. What a bind gets, and how everything can go wrong, is the
scenario's."""
import os
import socket
import ssl
import struct
import threading
import time

from lib.process import free_port


BASE = "dc=corp"


def ber(tag, *parts):
    body = b"".join(parts)
    n = len(body)
    if n < 128:
        return bytes([tag, n]) + body
    size = (n.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + n.to_bytes(size, "big") + body


def text(value, tag=4):
    return ber(tag, value if isinstance(value, bytes) else value.encode())


def result(number, tag, code=0, words="", controls=b""):
    done = ber(tag, ber(10, bytes([code])), text(""), text(words))
    return ber(0x30, ber(2, struct.pack("!i", number)), done, controls)


def sub_code(data):
    """What Active Directory says to a bind that it refuses."""
    return (49, "80090308: LdapErr: DSID-0C09041C, comment: "
                "AcceptSecurityContext error, data %s, v4563\0" % data)


class Stub:
    """mode: "" answers; "silent" accepts and says nothing; "late" takes a
    while; "reset" resets at a person's bind; "garbage" says what is no
    LDAP; "raw" says .garbage to a person's bind; "mute" answers the service
    alone. binds: {dn: (code, words)}. tls: (certificate, key), for ldaps."""

    def __init__(self, entries, binds=None, mode="", delay=0, tls=None):
        self.entries = entries
        self.verdicts = binds or {}
        self.mode = mode
        self.delay = delay
        self.binds = []
        self.filters = []
        self.connections = 0
        self.port = free_port()
        self.url = "ldap://127.0.0.1:%d" % self.port
        self.garbage = b""
        self.tls = None
        if tls:
            self.url = "ldaps://localhost:%d" % self.port
            self.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.tls.load_cert_chain(*tls)
        self.sock = None
        self.open()

    def open(self):
        self.sock = socket.socket()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind(("127.0.0.1", self.port))
        self.sock.listen(500)
        threading.Thread(target=self._accept, args=(self.sock,),
                         daemon=True).start()

    def close(self):
        self.sock.close()

    def _accept(self, sock):
        while True:
            try:
                peer = sock.accept()[0]
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(peer,),
                             daemon=True).start()

    def _serve(self, peer):
        try:
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            stream = peer.makefile("rb")
            while True:
                message = _element(stream)
                if message is None:
                    return
                if self.mode == "silent":
                    time.sleep(60)
                    return
                self._answer(peer, message[1])
        except (OSError, ValueError, IndexError):
            pass
        finally:
            peer.close()

    def _answer(self, peer, body):
        number, rest = split(body)
        operation, _ = split(rest[1])
        number = int.from_bytes(number[1], "big")
        if self.mode == "garbage":
            peer.sendall(b"\x30\x84\xff\xff\xff\xff HTTP/1.1 400 Bad\r\n\r\n")
            return
        if operation[0] == 0x60:
            self._bind(peer, number, operation[1])
        elif operation[0] == 0x63:
            time.sleep(self.delay)
            self._search(peer, number, operation[1])

    def _bind(self, peer, number, body):
        _, rest = split(body)
        dn, rest = split(rest[1])
        dn = dn[1].decode()
        self.binds.append(dn)
        if "service" not in dn:
            if self.mode == "reset":
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                struct.pack("ii", 1, 0))
                peer.close()
                raise ValueError("reset")
            if self.mode == "raw":
                peer.sendall(self.garbage)
                return
            if self.mode == "mute":
                return
            time.sleep(self.delay)
        code, words = self.verdicts.get(dn, (0, ""))
        peer.sendall(result(number, 0x61, code, words))

    def _search(self, peer, number, body):
        self.filters.append(body)
        if self.mode == "mute-search":
            return
        base, (_, rest) = split(body)
        if split(rest)[0][1] == b"\0":  # of one entry
            if base[1].decode() == BASE:
                peer.sendall(ber(0x30, ber(2, struct.pack("!i", number)),
                                 ber(0x64, text(BASE), ber(0x30))))
            peer.sendall(result(number, 0x65))
            return
        for name, (dn, attrs) in self.entries.items():
            if b"(member" in body or name.encode() not in body:
                continue
            lines = b"".join(
                ber(0x30, text(key), ber(0x31, *map(text, values)))
                for key, values in attrs.items())
            peer.sendall(ber(0x30, ber(2, struct.pack("!i", number)),
                             ber(0x64, text(dn), ber(0x30, lines))))
        peer.sendall(result(number, 0x65))


def _element(stream):
    head = stream.read(2)
    if len(head) < 2:
        return None
    n = head[1]
    if n & 0x80:
        n = int.from_bytes(stream.read(n & 0x7f), "big")
    return head[0], stream.read(n)


def split(body):
    """((tag, content), (0, what follows))"""
    n, at = body[1], 2
    if n & 0x80:
        at += n & 0x7f
        n = int.from_bytes(body[2:at], "big")
    return (body[0], body[at:at + n]), (0, body[at + n:])


def statement(servers, *more, name="corp"):
    lines = ["directory ldap %s {" % name]
    lines += ['\tserver "%s"' % server.url for server in servers]
    lines += ['\tbase "%s"' % BASE, '\tbind "cn=service" password file '
              '"ldap.secret"', "\tflavour active-directory"]
    lines += ["\t" + line for line in more]
    return "\n".join(lines + ["}", ""])


def user(name, **attrs):
    return {name: ("cn=%s,dc=corp" % name,
                   dict({"sAMAccountName": [name]}, **attrs))}


def configure(s, servers, *more, rules="allow to any", accounts=(), **words):
    with open(s.path("ldap.secret"), "w", encoding="utf-8") as file:
        file.write("service\n")
    os.chmod(s.path("ldap.secret"), 0o600)
    return s.configure(statement(servers, *more) + rules, accounts=accounts,
                       **words)
