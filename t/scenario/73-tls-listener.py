"""TLS to the proxy itself: curl and a raw client, plain requests, tunnels and
TLS in TLS, client certificates as a login, and a handshake that never ends."""
# timeout: 120
import os
import socket
import ssl
import time

from lib import scenario
from lib.badpki import LEAF, BadPki
from lib.expect import Failure, holds, same, within
from lib.process import free_port

with scenario.prepare() as s:
    pki = BadPki(s.pki)
    cert = pki.server("listener", san="DNS:proxy.test,IP:127.0.0.1")
    alice = pki.make("alice", LEAF + ("extendedKeyUsage = clientAuth",))
    mail = pki.make("person", LEAF + (
        "extendedKeyUsage = clientAuth",
        "subjectAltName = email:alice@corp.test"))
    nobody = pki.make("nobody", LEAF + ("extendedKeyUsage = clientAuth",))
    pki.authority("stranger")
    strange = pki.make("strange", LEAF + ("extendedKeyUsage = clientAuth",),
                       issuer="stranger", subject="/CN=alice")
    os.chmod(cert[1], 0o640)
    port, port_ca = free_port(), free_port()
    s.configure("""listen on 127.0.0.1 port %d tls certificate "%s" key "%s"
listen on 127.0.0.1 port %d tls certificate "%s" key "%s" \\
    client certificates "%s"
decrypt all
timeout handshake 2s
allow to any
""" % (port, *cert, port_ca, *cert, pki.ca)).start()
    origin = s.origin(tls="good")
    plain = s.origin()

    def curl(url, to=port, *words, user=True):
        return s.curl(
            "--proxy", "https://127.0.0.1:%d" % to, "--proxy-cacert", pki.ca,
            *words, url, user=user)

    def context(pair=None):
        it = ssl.create_default_context(cafile=pki.ca)
        if pair:
            it.load_cert_chain(*pair)
        return it

    def raw(to=port, pair=None, login=True):
        client = s.client() if login else s.client(user=None)
        client.sock.close()
        client.sock = context(pair).wrap_socket(
            socket.create_connection(("127.0.0.1", to), 10),
            server_hostname="proxy.test")
        return client

    with s.case("curl, http"):
        done = curl("http://" + plain.named("www.test") + "/")
        same((done.exit, done.status, done.body), (0, 200, b"hello"),
             done.errors)
    with s.case("curl, https: TLS in TLS, decrypted"):
        done = curl("https://" + origin.named("www.test") + "/")
        same((done.exit, done.status, done.body), (0, 200, b"hello"),
             done.errors)
    with s.case("a login is asked for"):
        done = curl("http://" + plain.named("www.test") + "/", user=False)
        same(done.status, 407, done.errors)
    with s.case("raw, large both ways, TLS in TLS"):
        big = os.urandom(3 << 20)
        echo = s.origin(lambda conn, request: conn.send(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(
                request.body) + request.body), tls="good")
        path = s.path("big")
        with open(path, "wb") as file:
            file.write(big)
        done = curl("https://" + echo.named("www.test") + "/", port,
                    "--data-binary", "@" + path)
        same((done.exit, done.status), (0, 200), done.errors)
        holds(done.body == big, "what came back is something else")
    with s.case("a plain client is not taken for one that speaks TLS"):
        with socket.create_connection(("127.0.0.1", port), 10) as sock:
            sock.sendall(b"GET http://www.test/ HTTP/1.1\r\n\r\n")
            sock.settimeout(5)
            try:
                holds(b"HTTP/1.1" not in sock.recv(1000), "an answer")
            except OSError:
                pass
    with s.case("a handshake that stops"):
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", port), 10) as sock:
            sock.sendall(b"\x16\x03\x01\x02\x00")
            sock.settimeout(8)
            try:
                left = sock.recv(100)
            except ConnectionResetError:
                left = b""
            same(left[:1] in (b"", b"\x15"), True, "closed")
        holds(time.monotonic() - began < 6, "took too long")
    with s.case("the PAC file says HTTPS"):
        client = raw(login=False)
        client.send("GET /proxy.pac HTTP/1.1\r\nHost: proxy.test:%d\r\n\r\n"
                    % port)
        within("HTTPS proxy.test:%d" % port, client.reply().text(), "PAC")

    def asks(pair, name):
        client = raw(port_ca, pair, login=False)
        reply = client.get("http://" + plain.named("www.test") + "/")
        return reply.status, name

    for name, pair, status in (("common name", alice, 200),
                               ("mail", mail, 200), ("its authority vouches", nobody, 200),
                               ("no certificate", None, 407)):
        with s.case("certificate: " + name):
            same(asks(pair, name), (status, name), "status")
    s.record(account="alice", host="www.test", status=200)
    with s.case("certificate: a password still does"):
        client = raw(port_ca, None)
        same(client.get("http://" + plain.named("www.test") + "/").status,
             200, "status")
    with s.case("certificate: of another authority"):
        try:
            status = asks(strange, "")
            same(status, None, "it got through")
        except (OSError, EOFError):
            pass
        except Failure as error:
            within("closed", str(error), "why")
    with s.case("certificate, CONNECT and TLS in TLS"):
        done = curl("https://" + origin.named("www.test") + "/", port_ca,
                    "--proxy-cert", alice[0], "--proxy-key", alice[1],
                    user=False)
        same((done.exit, done.status), (0, 200), done.errors)
