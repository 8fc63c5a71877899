"""TLS sessions: clients resume with their tickets, and the proxy resumes with
origins, each account with its own sessions."""
import json
import subprocess
import threading

from lib import scenario
from lib.expect import holds, same
from lib.proxy import PASSWORD
from lib.servers import which

ANSWER = ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n"
          "\r\nok")

with scenario.start("decrypt all\nallow to any",
                    accounts=("alice", "bob")) as s:
    origin = s.origin(ANSWER, tls="good")

    def resumed():
        counters = json.loads(s.proxy.status("--json"))["counters"]
        return sum(c.get("origins_resumed", 0) for c in counters)

    def ask(user, host="www.test"):
        client = s.client(user)
        client.secure(origin.named(host))
        same(client.get("/").status, 200, "status")
        client.close()

    with s.case("with the origin"):
        ask("alice")
        first = resumed()
        for _ in range(3):
            ask("alice")
        holds(resumed() >= first + 3, "alice's are resumed")
        before = resumed()
        ask("bob", "two.test")
        same(resumed(), before, "bob's first at another name")
    with s.case("several connections at once, and once more"):
        def burst(count):
            """So many connections that are open at the same time."""
            clients = [s.client("alice") for _ in range(count)]
            for client in clients:
                client.secure(slow.named("bank.test"))
            for client in clients:
                client.send("GET / HTTP/1.1\r\nHost: %s\r\n\r\n"
                            % slow.named("bank.test"))
            arrived.wait(20)
            for client in clients:
                same(client.reply().status, 200, "status")
                client.close()

        def answer(conn, _):
            arrived.wait(20)
            conn.send(ANSWER)
            return False

        arrived = threading.Barrier(5)
        slow = s.origin(answer, tls="good")
        burst(4)
        before = resumed()
        burst(4)
        same(resumed() - before, 4, "resumed of the second four")
    with s.case("not with what another account has"):
        ask("alice", "three.test")
        before = resumed()
        ask("bob", "three.test")
        same(resumed(), before, "bob's first")
        ask("bob", "three.test")
        same(resumed(), before + 1, "bob's second")
    with s.case("forgotten with the configuration"):
        ask("alice", "one.test")
        s.proxy.reload()
        before = resumed()
        client = s.client("alice")
        client.secure(origin.named("one.test"))
        same(resumed(), before, "the first handshake after a reload")
        client.close()
    with s.case("openssl s_client -reconnect"):
        done = subprocess.run(
            [which("openssl"), "s_client", "-tls1_2", "-reconnect",
             "-proxy", "127.0.0.1:%d" % s.proxy.port, "-proxy_user",
             "alice", "-proxy_pass", "pass:" + PASSWORD, "-connect",
             origin.named("www.test"), "-servername", "www.test",
             "-CAfile", s.proxy.ca, "-verify_return_error"],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=40,
            check=False)
        text = done.stdout.decode("utf-8", "replace")
        same((text.count("New, TLSv1"), text.count("Reused, TLSv1")),
             (1, 5), "full and resumed handshakes\n" + text[-1500:])
