"""Many at once, of two accounts, plain and decrypted, on two workers: every
answer is the one that was asked for."""
# timeout: 120
import threading
from lib import scenario
from lib.expect import holds, same

CLIENTS, ROUNDS = 60, 8


def echo(conn, request):
    """The path and the account's own field come back, in odd chunks."""
    body = (request.start + "|" + (request.get("X-Who") or "")).encode()
    body = body * (1 + len(body) % 50)
    conn.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
              b"5\r\n" + body[:5] + b"\r\n%x\r\n" % (len(body) - 5)
              + body[5:] + b"\r\n0\r\n\r\n")


with scenario.start("decrypt all\nallow to any", workers=2,
                    accounts=("alice", "bob")) as s:
    plain, secure = s.origin(echo), s.origin(echo, tls="good")
    wrong = []

    def one(number):
        user = ("alice", "bob")[number % 2]
        client = s.client(user)
        url = "http://%s" % plain.at
        if number % 3 == 0:
            client.secure(secure.named("www.test"))
            url = ""
        for turn in range(ROUNDS):
            path = "/%d/%d" % (number, turn)
            reply = client.get(url + path, "X-Who: %s\r\n" % user)
            want = "GET %s HTTP/1.1|%s" % (path, user)
            if reply.text() != want * (1 + len(want) % 50):
                wrong.append((path, user, reply.text()[:100]))

    def guarded(number):
        try:
            one(number)
        except BaseException as error:  # pylint: disable=broad-except
            wrong.append((number, repr(error)))

    threads = [threading.Thread(target=guarded, args=(n,))
               for n in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    same(wrong[:5], [], "answers that were not right")
    holds(len(plain.connections) <= CLIENTS, "connections to the origin")
    log = s.proxy.records
    same(log.count(account="alice", status=200) > 0
         and log.count(account="bob", status=200) > 0, True, "records")
