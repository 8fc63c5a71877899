"""adstub: a domain controller as far as groups go: filters are evaluated,
"in chain" follows members of members, a primary group is known by its SID
alone, and long lists are given in parts."""
import struct
import time

from lib.ldapstub import BASE, Stub, ber, result, split, text

IN_CHAIN = "1.2.840.113556.1.4.1941"
DOMAIN = b"\x01\x05\0\0\0\0\0\x05" + struct.pack("<4I", 21, 1, 2, 3)


def sid(number):
    return DOMAIN + struct.pack("<I", number)


def dn_of(name):
    return "CN=%s,%s" % (name, BASE)


class ActiveDirectory(Stub):
    """.part: values that a list is given in at once."""

    def __init__(self, part=1500):
        self.objects = {BASE: (BASE, {})}  # by DN, lower case
        self.part = part
        self.asked = []  # (base, attributes)
        self.ahead = 0  # seconds
        super().__init__({})

    def add(self, name, rid, primary=None, **attrs):
        values = {"objectSid": [sid(rid)], "cn": [name], "member": []}
        if primary is not None:
            values.update(objectClass=["user"], sAMAccountName=[name],
                          primaryGroupID=[str(primary)])
        values.update(attrs)
        self.objects[dn_of(name).lower()] = (dn_of(name), values)

    def member(self, group, *names):
        """Makes them members, as memberOf of theirs says, too."""
        for name in names:
            self.objects[dn_of(group).lower()][1]["member"].append(
                dn_of(name))
            self.objects[dn_of(name).lower()][1].setdefault(
                "memberOf", []).append(dn_of(group))

    def _chain(self, values, wanted, seen=()):
        for one in values.get("member", ()):
            if one.lower() == wanted:
                return True
            inner = self.objects.get(one.lower())
            if inner and one.lower() not in seen and self._chain(
                    inner[1], wanted, (*seen, one.lower())):
                return True
        return False

    def _matches(self, tag, body, values):
        parts = []
        while body:
            one, (_, body) = split(body)
            parts.append(one)
        if tag == 0xa0:
            return all(self._matches(t, b, values) for t, b in parts)
        if tag == 0xa1:
            return any(self._matches(t, b, values) for t, b in parts)
        if tag == 0xa9:  # the rule, the attribute, the value
            rule, attr, wanted = (p[1] for p in parts[:3])
            assert (rule.decode(), attr) == (IN_CHAIN, b"member"), rule
            return self._chain(values, wanted.decode().lower())
        assert tag == 0xa3, hex(tag)
        attr, wanted = parts[0][1].decode(), parts[1][1]
        return any(wanted.lower() == (
            v if isinstance(v, bytes) else v.encode()).lower()
            for key, vs in values.items() if key.lower() == attr.lower()
            for v in vs)

    def _attribute(self, wanted, values):
        """The lines that one attribute asked for makes."""
        name, _, option = wanted.partition(";range=")
        found = [v for k, v in values.items() if k.lower() == name.lower()]
        if not found or not found[0]:
            return b""
        first = int(option.partition("-")[0]) if option else 0
        some = found[0][first:first + self.part]
        if not option and len(found[0]) <= self.part:
            return ber(0x30, text(name), ber(0x31, *map(text, some)))
        last = "*" if first + self.part >= len(found[0]) else str(
            first + len(some) - 1)
        return ber(0x30, text(name), ber(0x31)) + ber(
            0x30, text("%s;range=%d-%s" % (name, first, last)),
            ber(0x31, *map(text, some)))

    def _search(self, peer, number, body):
        self.filters.append(body)
        fields = []
        while body:
            one, (_, body) = split(body)
            fields.append(one)
        base, scope = fields[0][1].decode(), fields[1][1][0]
        tag, inner = fields[6]
        wanted = []
        rest = fields[7][1]
        while rest:
            one, (_, rest) = split(rest)
            wanted.append(one[1].decode())
        self.asked.append((base, tuple(wanted)))
        self.objects[""] = ("", {"currentTime": [time.strftime(
            "%Y%m%d%H%M%S.0Z", time.gmtime(time.time() + self.ahead))]})
        for dn, values in list(self.objects.values()):
            if scope == 0 and dn.lower() != base.lower():
                continue
            if not dn.lower().endswith(base.lower()):
                continue
            if tag != 0x87 and not self._matches(tag, inner, values):
                continue
            lines = b"".join(self._attribute(w, values) for w in wanted)
            peer.sendall(ber(0x30, ber(2, struct.pack("!i", number)),
                             ber(0x64, text(dn), ber(0x30, lines))))
        peer.sendall(result(number, 0x65))
