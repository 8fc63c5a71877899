"""testssl.sh against the TLS listener and against a decrypted connection: no
finding from MEDIUM on. Protocols, what a server picks and the holes that take
no long search; with SCENARIO_TESTSSL set, which takes minutes, suites, forward
secrecy and all holes that it knows."""
# timeout: 900
import concurrent.futures
import json
import os
import socket
import subprocess
import threading

from lib import scenario
from lib.badpki import BadPki
from lib.expect import holds, same, within
from lib.process import free_port
from lib.servers import which

# the handshake has no post-quantum keys before OpenSSL 3.5; a certificate of
# an authority of its own is for who knows it to judge
BAD = ("HIGH", "CRITICAL", "MEDIUM")
IGNORED = ("cert_trust", "cert_chain_of_trust", "chain_of_trust",
           "cert_notAfter", "cert_expirationStatus", "cert_validityPeriod",
           "cert_revocation", "OCSP_stapling", "DNS_CAArecord",
           "cert_crlDistributionPoints", "cert_ocspURL", "HSTS",
           "certificate_transparency", "cert_commonName", "BREACH")

CHECKS = ("-p", "-s", "-f", "-U", "-S") \
    if os.environ.get("SCENARIO_TESTSSL") else (
        # heartbleed, CCS, ticketbleed, renegotiation, compression, fallback,
        # POODLE
        "-p", "-S", "-H", "-I", "-T", "-R", "-C", "-Z", "-O")

with scenario.prepare() as s:
    pki = BadPki(s.pki)
    cert = pki.server("listener", san="DNS:proxy.test,IP:127.0.0.1")
    os.chmod(cert[1], 0o640)
    port = free_port()
    s.configure("""listen on 127.0.0.1 port %d tls certificate "%s" key "%s"
decrypt all
allow to any""" % (port, *cert)).start()
    origin = s.origin(tls="good")

    # testssl ends its own CONNECT with bare line feeds, which the proxy
    # refuses: a way in that opens one for each connection
    def pipe(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for sock in (one, other):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def way_in(conn):
        client = s.client()
        client.connect(origin.named("www.test"))
        back = threading.Thread(target=pipe, args=(client.sock, conn.sock),
                                daemon=True)
        back.start()
        pipe(conn.sock, client.sock)
        back.join()
        client.close()

    front = s.origin(serve=way_in)

    def findings(name, target):
        report = s.path(name + ".json")
        done = subprocess.run(
            [which("testssl"), "--quiet", "--color", "0", "--warnings",
             "off", "--ip", "one", *CHECKS, "--fast",
             "--connect-timeout", "10", "--openssl-timeout", "10",
             "--jsonfile", report, target],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=420,
            check=False)
        holds(os.path.exists(report), done.stdout[-2000:] + done.stderr[-500:])
        with open(report, encoding="utf-8") as file:
            return json.load(file)

    targets = {"listener": "127.0.0.1:%d" % port, "decrypted": front.at}
    # both at once: most of the time is spent waiting
    with concurrent.futures.ThreadPoolExecutor() as pool:
        running = {name: pool.submit(findings, name, target)
                   for name, target in targets.items()}
    for name, found in running.items():
        with s.case(name):
            all_of_them = found.result()
            by_id = {f["id"]: f for f in all_of_them}
            for old in ("SSLv2", "SSLv3", "TLS1", "TLS1_1"):
                within("not offered", by_id[old]["finding"], old)
            for new in ("TLS1_2", "TLS1_3"):
                same(by_id[new]["severity"], "OK", new + " is offered")
            for hole in ("heartbleed", "secure_renego", "CRIME_TLS",
                         "POODLE_SSL"):
                same(by_id[hole]["severity"], "OK", hole)
            same([(f["id"], f["severity"], f["finding"])
                  for f in all_of_them if f["severity"] in BAD and
                  not f["id"].startswith(IGNORED)], [], "findings")
