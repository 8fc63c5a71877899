"""What no handshake of ours grants: renegotiation, from clients and from
origins, early data, compression, and versions below TLS 1.2; and each refused
connection harms no other."""
import os
import select
import ssl
import subprocess
import time

from lib import scenario
from lib.badpki import BadPki
from lib.expect import absent, same, within
from lib.process import Process, free_port, wait_until
from lib.proxy import PASSWORD
from lib.servers import accepts, which

RULES = """listen on 127.0.0.1 port %d tls certificate "%s" key "%s"
decrypt all
allow to any"""


def talk(argv, steps, seconds=15):
    """Runs openssl s_client; steps are what is typed, each after the words
    that it waits for. All that was said."""
    child = subprocess.Popen(argv, stdin=subprocess.PIPE, bufsize=0,
                             stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT)
    said, end = b"", time.monotonic() + seconds
    steps = list(steps)
    try:
        while time.monotonic() < end:
            if steps and steps[0][0] in said:
                try:
                    child.stdin.write(steps.pop(0)[1])
                except BrokenPipeError:
                    break
            if select.select([child.stdout], [], [], 0.2)[0]:
                data = os.read(child.stdout.fileno(), 65536)
                if not data:
                    break
                said += data
    finally:
        child.kill()
        child.wait()
    return said.decode("utf-8", "replace")


with scenario.prepare() as s:
    pki = BadPki(s.pki)
    cert = pki.server("listener", san="DNS:proxy.test,IP:127.0.0.1")
    os.chmod(cert[1], 0o640)
    port, asks = free_port(), free_port()
    s.configure(RULES % (port, *cert)).start()
    origin = s.origin(tls="good")
    target = origin.named("www.test")
    inside = [which("openssl"), "s_client", "-proxy",
              "127.0.0.1:%d" % s.proxy.port, "-proxy_user", "alice",
              "-proxy_pass", "pass:" + PASSWORD, "-connect", target,
              "-servername", "www.test", "-CAfile", s.proxy.ca]
    listener = [which("openssl"), "s_client", "-connect",
                "127.0.0.1:%d" % port, "-CAfile", pki.ca]
    REQUEST = ("GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % target).encode()

    for name, argv, ask in (
            ("a decrypted connection", inside, REQUEST),
            ("the listener", listener, b"GET /proxy.pac HTTP/1.1\r\n"
             b"Host: proxy.test:%d\r\n\r\n" % port)):
        with s.case("renegotiation by a client of " + name):
            said = talk(argv + ["-tls1_2"], [
                (b"Verify return code: 0 (ok)", b"R\n")])
            within("RENEGOTIATING", said, "it tries")
            # a warning (no_renegotiation), which OpenSSL's client takes for
            # the end
            within("no renegotiation", said, "it is told")
        with s.case("compression and tickets for early data of " + name):
            said = talk(argv + ["-tls1_2"], [
                (b"Verify return code: 0 (ok)", b"Q\n")])
            within("Compression: NONE", said, "compression")
            within("Secure Renegotiation IS supported", said, "RFC 5746")
            # what it says of the ticket is written when it ends
            said = talk(argv + ["-tls1_3"], [
                (b"Verify return code: 0 (ok)", ask),
                (b"HTTP/1.1 200", b"\nQ\n")], 5)
            within("Max Early Data: 0", said[-1500:], "early data")
        for version in ("-tls1", "-tls1_1"):
            with s.case("%s of %s" % (version, name)):
                said = talk(argv + [version, "-cipher",
                                    "DEFAULT:@SECLEVEL=0"], [])
                within("alert protocol version", said, "it is told")
                within("Cipher is (NONE)", said, "no handshake")

    with s.case("early data that is sent all the same"):
        session, early = s.path("session"), s.path("early")
        with open(early, "wb") as file:
            file.write(REQUEST)
        talk(inside + ["-tls1_3", "-sess_out", session], [
            (b"Verify return code: 0 (ok)", REQUEST),
            (b"HTTP/1.1 200", b"\nQ\n")])
        before = len(origin.requests)
        # s_client declines by itself, seeing the ticket's limit
        said = talk(inside + ["-tls1_3", "-sess_in", session, "-early_data",
                              early], [(b"Early data was", b"\nQ\n")], 5)
        absent("Early data was accepted", said, "early data")
        same(len(origin.requests), before, "requests that came early")

    with s.case("data before there are keys"):
        client = s.client()
        same(client.connect(target).status, 200, "CONNECT")
        into, out = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = ssl.create_default_context(cafile=s.proxy.ca).wrap_bio(
            into, out, server_hostname="www.test")
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        early = b"\x17\x03\x03\x00\x40" + bytes(range(64))
        client.send(out.read() + early)
        # the last is as long as an alert that is encrypted
        same(client.rest()[-24:-19], b"\x17\x03\x03\x00\x13", "an alert")
        s.record(host="www.test", reason="client-tls")
        same(len(origin.requests), before, "requests that came early")

    with s.case("renegotiation by an origin"):
        server = Process(
            [which("bash"), "-c", "{ sleep 2; echo R; sleep 3; } | openssl "
             "s_server -tls1_2 -accept 127.0.0.1:%d -cert %s -key %s" % (
                 asks, *s.pki.named("good"))], s.path("asks.log"))
        wait_until(lambda: accepts(asks), 5, "s_server listens")
        client = s.client()
        client.secure("www.test:%d" % asks)
        client.request("GET", "/")
        # it takes the warning for the end of the connection
        same(client.reply().status, 502, "status")
        within("no renegotiation", server.text(), "what the origin is told")
        server.stop()

    with s.case("the others go on"):
        client = s.client()
        client.secure(target)
        same(client.get("/").status, 200, "status")
