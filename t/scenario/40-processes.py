"""What each process is and holds: workers are not root, may gain nothing, are
confined, and have neither the CA's key nor a password's hash in memory; the
signer has the key and no network."""
import os
import re
import subprocess
from lib import scenario
from lib.expect import holds, same
from lib.proxy import PASSWORD

scenario.need_root("to look into other processes' memory")


def status(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file
                    if ":\t" in line)


def memory_has(pid, *needles):
    """Does one of them stand anywhere in what it can write to?"""
    with open("/proc/%d/maps" % pid, encoding="ascii") as maps, \
            open("/proc/%d/mem" % pid, "rb") as mem:
        for line in maps:
            found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not found:
                continue
            first, last = (int(n, 16) for n in found.groups())
            while first < last:
                size = min(last - first, 1 << 24)
                try:
                    mem.seek(first)
                    data = mem.read(size)
                except OSError:
                    break
                if any(needle in data for needle in needles):
                    return True
                first += size
    return False


def private_number(path):
    """The secret of an EC key, as its bytes."""
    text = subprocess.run(["openssl", "pkey", "-in", path, "-noout", "-text"],
                          capture_output=True, text=True, check=True).stdout
    number = re.search(r"priv:\n((?:\s+[0-9a-f:]+\n)+)", text).group(1)
    return bytes.fromhex(re.sub(r"[\s:]", "", number))[-32:]


def look_into_memory(s, roles, secret, hashed):
    # that a secret would be found is seen where it belongs
    holds(memory_has(roles["signer"][0], *secret), "signer has no key")
    holds(memory_has(roles["directory"][0], hashed), "directory no hash")
    for pid in roles["proxy"]:
        holds(not memory_has(pid, *secret), "the CA's key is in a worker")
        holds(not memory_has(pid, hashed), "a hash is in a worker")
        for fd in os.listdir("/proc/%d/fd" % pid):
            there = os.readlink("/proc/%d/fd/%s" % (pid, fd))
            holds("accounts" not in there and "ca.key" not in there, there)
    for pid in roles["directory"]:
        holds(not memory_has(pid, *secret), "the CA's key is in directory")
    holds(not memory_has(roles["signer"][0], hashed), "a hash is in signer")
    for pid in roles["signer"]:
        sockets = subprocess.run(["ss", "-tunapH"], capture_output=True,
                                 text=True, check=True).stdout
        holds("pid=%d," % pid not in sockets, "the signer has a socket")
    # nothing keeps a password when its connections are gone
    for pid in roles["proxy"] + roles["directory"]:
        with s.case("password in %d" % pid):
            holds(not memory_has(pid, PASSWORD.encode()),
                  "a password is in the memory of %r" % [
                      r for r, p in roles.items() if pid in p])


with scenario.start("decrypt all\nallow to any", workers=2) as s:
    origin = s.origin(tls="good")
    for _ in range(3):
        client = s.client()
        client.secure(origin.named("www.test"))
        same(client.get("/").status, 200, "a request")
    big = private_number(s.path("ca.key"))
    secret = (big, big[::-1])  # as written, and as OpenSSL computes with it
    with open(s.path("accounts"), encoding="ascii") as file:
        hashed = file.read().strip().partition(":")[2].encode()
    roles = {role: s.proxy.pids(role)
             for role in ("proxy", "signer", "directory")}

    for role, pids in roles.items():
        for pid in pids:
            with s.case("%s %d" % (role, pid)):
                now = status(pid)
                holds("0" not in now["Uid"].split(), "it is root")
                same(now["CapEff"], "0" * 16, "capabilities")
                same(now["NoNewPrivs"], "1", "no_new_privs")
                if not scenario.sanitized():
                    same(now["Seccomp"], "2", "seccomp filter")
                with open("/proc/%d/limits" % pid, encoding="ascii") as file:
                    holds(re.search(r"core file size\s+0 ", file.read()),
                          "it may write a core")
    if not scenario.sanitized():  # whose shadow is too large to read
        look_into_memory(s, roles, secret, hashed)
