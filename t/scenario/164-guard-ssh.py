"""A real sshd with PAM: whatever people who logged in by ssh start, become or
forward is judged by their login, and recorded with its session."""
import os
import shutil
import socket
import subprocess
import sys
import threading

from lib import host, scenario
from lib.expect import holds, same
from lib.process import free_port, wait_until

host.own_host()

ALICE, BOB = 61001, 61002
RULES = """allow user spalice to 127.0.0.2
allow user spbob to { 127.0.0.2, 127.0.0.3 }
deny to any
"""
SEND = """
import errno, socket, sys
for to in sys.argv[1:]:
    try:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (to, 9))
        print("sent")
    except OSError as e:
        print(errno.errorcode[e.errno])
"""
SSHD = """Port %d
ListenAddress 0.0.0.0
HostKey %s
PidFile none
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
AuthorizedKeysFile %s
StrictModes no
PrintMotd no
UseDNS no
"""

for needed in ("sshd", "sudo", "su", "ssh", "ssh-keygen"):
    if not shutil.which(needed, path="/usr/sbin:/usr/bin:/sbin:/bin"):
        print("SKIP: no %s" % needed)
        sys.exit(77)
if not os.path.exists("/etc/pam.d/sshd"):
    print("SKIP: sshd has no PAM")
    sys.exit(77)


class Login:
    """sshd and two accounts, which only these namespaces know."""

    def __init__(self, machine):
        self.machine = machine
        self.port = free_port()
        self.key = machine.path("key")
        for place in "/run", "/var/log":
            self.command("mount", "-t", "tmpfs", "none", place)
        os.makedirs("/run/sshd")
        self.replace("/etc/passwd", "".join(
            "%s:x:%d:%d::%s:/bin/bash\n" % (name, uid, uid, machine.dir)
            for name, uid in (("spalice", ALICE), ("spbob", BOB))), True)
        self.replace("/etc/group", "spalice:x:%d:\nspbob:x:%d:\n"
                     % (ALICE, BOB), True)
        self.replace("/etc/shadow", "spalice:*:19000::::::\n"
                     "spbob:*:19000::::::\n", True)
        self.replace("/etc/sudoers", "spalice ALL=(ALL:ALL) NOPASSWD: ALL\n"
                     "root ALL=(ALL:ALL) ALL\n", False)
        for name in "key", "hostkey":
            self.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                         machine.path(name))
        # bob's is lent to alice: logging in as bob is no crime
        shutil.copy(self.key, machine.path("bobs"))
        os.chown(machine.path("bobs"), ALICE, ALICE)
        with open(machine.path("sshd.conf"), "w", encoding="ascii") as file:
            file.write(SSHD % (self.port, machine.path("hostkey"),
                               self.key + ".pub"))
        with open(machine.path("send.py"), "w", encoding="ascii") as file:
            file.write(SEND)
        self.sshd = None

    @staticmethod
    def command(*words):
        subprocess.run(words, check=True, capture_output=True)

    def replace(self, path, text, append):
        """In this mount namespace alone."""
        own = self.machine.path(os.path.basename(path))
        with open(path, encoding="utf-8") as file:
            old = file.read() if append else ""
        with open(own, "w", encoding="utf-8") as file:
            file.write(old + text)
        shutil.copystat(path, own)
        stat = os.stat(path)
        os.chown(own, stat.st_uid, stat.st_gid)
        self.command("mount", "--bind", own, path)

    def start(self):
        log = self.machine.path("sshd.log")
        self.sshd = self.machine.popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f",
             self.machine.path("sshd.conf")],
            stderr=open(log, "ab"))

        def listens():
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return True
            except OSError:
                return False
        wait_until(listens, 10, "sshd")

    def argv(self, user, *words):
        return ["ssh", "-F", "none", "-i", self.key, "-p", str(self.port),
                "-o", "StrictHostKeyChecking=no", "-o",
                "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                "-o", "BatchMode=yes", "-o", "ConnectTimeout=10",
                user + "@127.0.0.1", *words]

    def run(self, user, command):
        done = subprocess.run(self.argv(user, command), text=True,
                              capture_output=True, timeout=40, check=False,
                              stdin=subprocess.DEVNULL)
        return (done.stdout + done.stderr).strip()

    def forward(self, user, to):
        """What ssh -W brings from there."""
        argv = self.argv(user)
        argv[1:1] = ["-W", to]
        with subprocess.Popen(argv, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as child:
            out = child.stdout.read(5)
            child.stdin.close()
            child.wait(20)
        return out


def serve(listener):
    while True:
        try:
            conn, _ = listener.accept()
        except OSError:
            return
        conn.sendall(b"hello")
        conn.close()


with scenario.prepare() as s:
    machine = s.keep(host.Host(s.dir))
    login = Login(machine)
    machine.configure(RULES)
    machine.start()
    login.start()
    send = "python3 %s " % machine.path("send.py")
    both = send + "127.0.0.2 127.0.0.3"
    service = s.keep(socket.create_server(("", 0)))
    threading.Thread(target=serve, args=(service,), daemon=True).start()
    port = service.getsockname()[1]

    with s.case("a program"):
        same(login.run("spalice", "cat /proc/self/loginuid; echo;" + both),
             "%d\nsent\nEPERM" % ALICE, "alice")
        same(login.run("spbob", send + "127.0.0.3"), "sent", "bob")
    with s.case("is recorded with its session"):
        got = machine.records.find(type="packet", account="spalice")
        same((got["program"], got["loginuid"], got["uid"], got["address"],
              got["rule"]), ("python3", ALICE, ALICE, "127.0.0.3:9",
                             "host.conf:4"), "the record")
        holds(int(got["session"]) > 0, "no session: %r" % got)
        other = login.run("spalice", "cat /proc/self/sessionid; echo; " + both).split()
        machine.records.find(type="packet", session=other[0])
        holds(other[0] != got["session"], "the same session")
    for what, before in (
            ("sudo", "sudo "), ("sudo -u", "sudo -u spbob "),
            ("sudo su", "sudo su - spbob -c "),
            ("sudo su of a shell", "sudo su -s /bin/bash root -c "),
            ("sudo setpriv", "sudo setpriv --reuid %d --clear-groups " % BOB),
            ("sudo env -i", "sudo env -i "), ("setsid", "setsid -w ")):
        with s.case(what):
            quoted = "%s'%s'" if before.endswith("-c ") else "%s%s"
            same(login.run("spalice", quoted % (before, both)),
                 "sent\nEPERM", what)
    with s.case("a setuid program"):
        shell = machine.path("shell")
        shutil.copy("/bin/bash", shell)
        os.chmod(shell, 0o4755)
        tries = ("%s -p -c 'echo x >/dev/udp/%s/9 && echo $EUID' 2>/dev/null"
                 " || echo no")
        same(login.run("spalice", tries % (shell, "127.0.0.2") + ";" +
                       tries % (shell, "127.0.0.3")), "0\nno", "as root")
    with s.case("a job that goes on after the logout"):
        out = machine.path("later")
        login.run("spalice", "sudo sh -c '(sleep 1; %s 127.0.0.3 >%s.new;"
                  "mv %s.new %s) </dev/null >/dev/null 2>&1 &'"
                  % (send, out, out, out))
        wait_until(lambda: os.path.exists(out), 15, "its output")
        with open(out, encoding="ascii") as file:
            same(file.read(), "EPERM\n", "the job")
    with s.case("ssh -W is the login's"):
        same(login.forward("spalice", "127.0.0.2:%d" % port), b"hello",
             "allowed")
        same(login.forward("spalice", "127.0.0.3:%d" % port), b"", "denied")
        same(login.forward("spbob", "127.0.0.3:%d" % port), b"hello", "bob")
        got = machine.records.find(type="packet", account="spalice",
                                   address="127.0.0.3:%d" % port)
        same((got["program"], got["protocol"]), ("sshd", "tcp"), "the record")
    with s.case("so is ssh -L"):
        doors = {"127.0.0.2": free_port(), "127.0.0.3": free_port()}
        argv = login.argv("spalice")
        for address, door in doors.items():
            argv[1:1] = ["-L", "127.0.0.1:%d:%s:%d" % (door, address, port)]
        argv[1:1] = ["-N"]
        tunnel = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        machine.children.append(tunnel)

        def through(address):
            try:
                with socket.create_connection(
                        ("127.0.0.1", doors[address]), 5) as conn:
                    return conn.recv(10)
            except OSError:
                return None
        wait_until(lambda: through("127.0.0.2") == b"hello", 10, "allowed")
        same(through("127.0.0.3"), b"", "denied")
        tunnel.terminate()
    with s.case("logging in as bob is being bob"):
        again = login.argv("spbob", send + "127.0.0.3")
        again[again.index("spbob@127.0.0.1")] = "spbob@127.0.0.2"
        again[again.index("-i") + 1] = machine.path("bobs")
        again[-1] = "'%s'" % again[-1]
        same(login.run("spalice", " ".join(again)), "sent", "bob's rules")
    if "SCENARIO_LOCK_LOGINS" in os.environ:
        # until the next boot, for all of this machine: only where asked for
        with s.case("--lock-logins: root can't change who logged in"):
            change = ("sudo sh -c 'echo 0 >/proc/self/loginuid &&"
                      " echo changed || echo no' 2>/dev/null")
            same(login.run("spalice", change), "changed", "before")
            machine.daemon.stop()
            machine.start("--lock-logins")
            same(login.run("spalice", change), "no", "after")
            same(login.run("spalice", both), "sent\nEPERM", "a login")
    with s.case("logins go on while nobody reloads, and the filter holds"):
        machine.kill()
        same(login.run("spalice", both), "sent\nEPERM", "alice")
