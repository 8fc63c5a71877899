"""tool: the program `extract`, which puts requests through the credential
check; see extract.c for what it reads and answers."""
import struct
import subprocess

KEYS = ("found", "named", "asked", "needless", "candidates", "lookups",
        "cuts", "sealed")


class Extract:
    def __init__(self, path):
        self.proc = subprocess.Popen([path], stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)

    def send(self, letter, *strings):
        out = [letter.encode(), struct.pack("<I", len(strings))]
        for s in strings:
            s = s.encode() if isinstance(s, str) else s
            out += [struct.pack("<I", len(s)), s]
        self.proc.stdin.write(b"".join(out))

    def account(self, ident):
        self.send("A", ident.user, ident.domain, ident.mail_domain,
                  ident.password)

    def verdict(self):
        self.send("V")
        self.proc.stdin.flush()
        words = self.proc.stdout.readline().decode().rstrip("\n").split(" ", len(KEYS))
        result = {k: int(w) for k, w in zip(KEYS, words)}
        result["where"] = words[-1]
        return result
