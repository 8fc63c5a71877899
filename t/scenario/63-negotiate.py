"""Kerberos: curl logs in with a ticket from a real KDC and no password, over
plain requests and CONNECT, for the whole connection; groups come from the
directory; what is no ticket, or one used before, is refused."""
import base64
import os
import socket
import subprocess
import threading
from lib import scenario
from lib.expect import holds, same, within
from lib.kdc import Kdc
from lib.servers import which
from lib.slapd import Slapd, configure, dn_of, group, person

ENTRIES = person("alice", "secret") + group("staff", [dn_of("alice")])
RULES = """timeout login-cache 1s
decrypt none
allow group staff to any
deny to any"""


def curl(env, *words):
    done = subprocess.run(
        [which("curl"), "-q", "-sS", "--max-time", "20", "--noproxy", "",
         "-x", "http://proxy.test:%d" % s.proxy.port, "--resolve",
         "proxy.test:%d:127.0.0.1" % s.proxy.port, "--proxy-negotiate",
         "--proxy-user", ":", "-w", "\n%{http_code} %{http_connect}",
         *words], env=env, capture_output=True, check=False, timeout=30)
    return done.stdout.decode(), done.stderr.decode()


with scenario.prepare() as s:
    kdc = s.keep(Kdc(s.path("kdc"), people=("alice", "stranger")))
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    configure(s, slapd, rules=RULES, statements="authenticate negotiate "
              'keytab "%s" basic realm "corp" with corp\n' % kdc.keytab)
    s.proxy.start()
    origin = s.origin()
    url = "http://%s/" % origin.named("www.test")
    env = kdc.login("alice")

    out, err = curl(env, url, url)
    same(out.count("\n200 000"), 2, out + err)
    s.record(account="alice", status=200)
    for request in origin.requests:
        same(request.get("Proxy-Authorization"), None, "sent on")

    secure = s.origin(tls="good")
    out, err = curl(env, "--cacert", s.pki.ca,
                    "https://%s/" % secure.named("www.test"))
    same(out.endswith("\n200 200"), True, out + err)

    out, err = curl(kdc.login("stranger"), url)
    same(out.endswith("\n407 000"), True, "not in the directory: " + out)

    # both schemes are offered, in this order
    reply = s.client(user=None).get(url)
    offers = [v for k, v in reply.fields if k.lower() == "proxy-authenticate"]
    same([o.split()[0] for o in offers], ["Negotiate", "Basic"], "offers")
    same(s.client("alice", "secret").get(url).status, 200, "Basic")

    for name, token, words in (
            ("NTLM", b"NTLMSSP\0\1\0\0\0" + b"\0" * 24, "NTLM"),
            ("nothing", b"\x60\x03\x06\x01\x2b", "not accepted"),
            ("not a token", os.urandom(40), "not accepted")):
        with s.case(name):
            client = s.client(user=None)
            reply = client.get(url, "Proxy-Authorization: Negotiate %s\r\n"
                               % base64.b64encode(token).decode())
            same(reply.status, 407, reply.start)
            within(words, reply.body.decode(), "the page")
            # the connection lives on and may try otherwise
            same(client.get(url, "").status, 407, "again")

    # what a client sends is caught on its way and sent once more
    gate = socket.create_server(("127.0.0.1", 0))
    caught = []

    def relay():
        while True:
            peer = gate.accept()[0]
            data = peer.recv(65536)
            caught.append(data)
            up = socket.create_connection(("127.0.0.1", s.proxy.port))
            up.sendall(data)
            while True:
                got = up.recv(65536)
                if not got:
                    break
                peer.sendall(got)
                if b"407" in got[:20]:
                    data = peer.recv(65536)
                    caught.append(data)
                    up.sendall(data)
            peer.close()
    threading.Thread(target=relay, daemon=True).start()
    port = gate.getsockname()[1]
    done = subprocess.run(
        [which("curl"), "-q", "-sS", "--max-time", "10", "--noproxy", "", "-x",
         "http://proxy.test:%d" % port, "--resolve",
         "proxy.test:%d:127.0.0.1" % port, "--proxy-negotiate",
         "--proxy-user", ":", "-w", "\n%{http_code}", "-H",
         "Connection: close", url], env=env,
        capture_output=True, check=False, timeout=30)
    same(done.stdout.decode().endswith("200"), True, str(done))
    with_token = [c for c in caught if b"Negotiate " in c]
    holds(with_token, "no token was caught: %r" % caught)
    thief = s.client(user=None)
    thief.send(with_token[0])
    same(thief.reply().status, 407, "a token used before")
    s.proxy.wait_log("used before")
