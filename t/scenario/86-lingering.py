"""An answer that is over but unread still holds its connection: it counts
among those that a worker serves and that an address may have."""
import socket
import time

from lib import scenario
from lib.expect import holds
from lib.process import wait_until

SIZE = 380 << 10
BIG = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE + b"x" * SIZE

RULES = "limit %s 10\nallow to any"


def served(s, url):
    client = s.client()
    try:
        return client.get(url).status == 200
    except (EOFError, OSError):
        return False
    finally:
        client.close()


with scenario.start(RULES % "connections") as s:
    for limit in ("connections", "per-address"):
        s.proxy.configure(RULES % limit)
        s.proxy.reload()
        origin = s.origin(BIG)
        url = "http://%s/" % origin.at
        login = s.client().login
        time.sleep(0.3)
        socks = []
        for _ in range(30):
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            sock.connect(("127.0.0.1", s.proxy.port))
            try:
                sock.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\n%s"
                              "Connection: close\r\n\r\n" % (
                                  url, origin.at, login)).encode())
            except ConnectionError:
                pass
            socks.append(sock)
            time.sleep(0.05)
        holds(len(origin.requests) <= 10, "%d answers unread at once" % len(
            origin.requests))
        s.record(type="turned-away")
        for sock in socks:
            sock.close()
        wait_until(lambda: served(s, url), 20, "when they have gone")
