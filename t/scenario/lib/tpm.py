"""tpm: a TPM in software, and in it a key that OpenSSL's provider for TPMs
uses. swtpm, tpm2-tools and tpm2-openssl, or the scenario is skipped."""
import os
import shutil
import socket
import subprocess
import sys

from lib.expect import Skip
from lib.process import Process, free_port, wait_until

HANDLE = "handle:0x81000001?pass"
PIN = "sesame-5"

# A TPM's device is held open; swtpm's own library opens a socket for each
# command, which the sandbox refuses. So: one connection, through this.
_RELAY = """
import os, select, socket, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
while True:
    for ready in select.select([0, s], [], [])[0]:
        data = os.read(0, 65536) if ready == 0 else s.recv(65536)
        if not data:
            sys.exit(0)
        s.sendall(data) if ready == 0 else os.write(1, data)
"""


class Tpm:
    """One that listens on two ports of loopback, with a key behind HANDLE."""

    def __init__(self, directory):
        for program in ("swtpm", "tpm2_createprimary"):
            if not shutil.which(program):
                raise Skip("there is no %s" % program)
        self.dir = directory
        os.makedirs(os.path.join(directory, "state"))
        self.port = free_port(count=2)
        self.process = Process(
            ["swtpm", "socket", "--tpm2", "--tpmstate",
             "dir=" + os.path.join(directory, "state"),
             "--server", "type=tcp,port=%d" % self.port,
             "--ctrl", "type=tcp,port=%d" % (self.port + 1),
             "--flags", "not-need-init,startup-clear"],
            os.path.join(directory, "swtpm.log"))
        wait_until(self._listens, 10, "swtpm listens")
        relay = os.path.join(directory, "relay.py")
        with open(relay, "w", encoding="ascii") as file:
            file.write(_RELAY)
        self.held = "cmd:%s %s %d" % (sys.executable, relay, self.port)
        self.direct = "swtpm:host=127.0.0.1,port=%d" % self.port
        self._make_key()

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port + 1)) == 0

    def _tool(self, *words):
        subprocess.run(words, cwd=self.dir, check=True, capture_output=True,
                       timeout=60,
                       env=dict(os.environ, TPM2TOOLS_TCTI=self.direct))

    def _make_key(self):
        self._tool("tpm2_createprimary", "-C", "o", "-G", "ecc", "-c", "top")
        self._tool("tpm2_flushcontext", "-t")
        self._tool("tpm2_create", "-C", "top", "-G", "ecc256", "-p", PIN,
                   "-u", "public", "-r", "private", "-a", "fixedtpm|"
                   "fixedparent|sensitivedataorigin|userwithauth|sign")
        self._tool("tpm2_flushcontext", "-t")
        self._tool("tpm2_load", "-C", "top", "-u", "public", "-r", "private",
                   "-c", "key")
        self._tool("tpm2_flushcontext", "-t")
        self._tool("tpm2_evictcontrol", "-C", "o", "-c", "key", "0x81000001")
        self._tool("tpm2_flushcontext", "-t")

    def close(self):
        self.process.stop()
