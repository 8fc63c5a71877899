"""A reload takes the filter out while bodies are held and WebSockets are
looked into: they go on without it."""
import time

from lib import filtered
from lib.expect import same

UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
FRAME = b"\x81\x85\1\2\3\4" + bytes(
    c ^ k for c, k in zip(b"hello", b"\1\2\3\4\1"))


def socket_server(conn):
    conn.until(b"\r\n\r\n")
    conn.send("HTTP/1.1 101 Switching Protocols\r\n" + UPGRADE + "\r\n")
    while True:
        conn.send(conn.exactly(len(FRAME)))


with filtered.start("credentials block to any\nallow to any") as s:
    worker = s.proxy.pids("proxy")
    origin, sockets = s.origin(), s.origin(serve=socket_server)
    held, talks = s.client(), s.client()
    held.send("POST http://%s/ HTTP/1.1\r\nHost: %s\r\n%s"
              "Content-Length: 7\r\n\r\na=" % (
                  origin.at, origin.at, held.login))
    talks.request("GET", "http://%s/" % sockets.at, UPGRADE)
    same(talks.reply().status, 101, "the upgrade")
    talks.send(FRAME)
    same(talks.exactly(len(FRAME)), FRAME, "before")
    time.sleep(0.3)
    s.proxy.configure("decrypt all\nallow to any")
    s.proxy.reload()
    held.send("bcdef")
    same(held.reply("POST").status, 200, "the held request")
    same(origin.requests[-1].body, b"a=bcdef", "its body")
    talks.send(FRAME)
    same(talks.exactly(len(FRAME)), FRAME, "after")
    same(s.proxy.pids("proxy"), worker, "workers")
