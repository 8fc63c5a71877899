"""Upgrade passes through: a WebSocket on a plain and on a decrypted
connection carries bytes both ways, in any order, until either side ends."""
from lib import scenario
from lib.expect import same, within

ASK = ("Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
       "Sec-WebSocket-Version: 13\r\n"
       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")


def socket(conn):
    head = conn.until(b"\r\n\r\n").decode()
    if "Upgrade: websocket" not in head or "/no" in head:
        conn.send("HTTP/1.1 400 No\r\nContent-Length: 2\r\n\r\nno")
        return
    # the first frame comes with the head of the answer
    conn.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
              "Upgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\nfirst")
    while True:
        data = conn.exactly(4)
        if data == b"end.":
            return
        conn.send(data.upper() * 1000)


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        origin = s.origin(serve=socket, tls=tls)
        for path in ("/", "/no"):
            client = s.client()
            if tls:
                client.secure(origin.named("www.test"))
                client.request("GET", path, ASK)
            else:
                client.request("GET", "http://%s%s" % (origin.at, path), ASK)
            reply = client.reply()
            if path == "/no":
                same((reply.status, reply.body), (400, b"no"), "refused")
                continue
            same(reply.status, 101, "switched")
            within("websocket", reply.get("Upgrade").lower(), "Upgrade")
            within("upgrade", reply.get("Connection").lower(), "Connection")
            same(client.exactly(5), b"first", "what came with the answer")
            for word in (b"abcd", b"\0\1\2\3", b"GET "):
                client.send(word)
                same(client.exactly(4000), word.upper() * 1000, "frames")
            client.send("end.")
            client.closed()
    s.record(status=101, method="GET", account="alice")
