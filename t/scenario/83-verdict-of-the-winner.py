"""A slow address is allowed, the one tried beside it is denied: the record
says what was decided of the address that the connection went to."""
import socket
import threading
import time

from lib import scenario
from lib.expect import same
from lib.message import Stream


class Slow:
    """An origin whose queue of connections is full for a while."""

    def __init__(self, address):
        self.sock = socket.socket(socket.AF_INET6)
        self.sock.bind((address, 0))
        self.sock.listen(0)
        self.port = self.sock.getsockname()[1]
        self.held = []
        for _ in range(4):
            one = socket.socket(socket.AF_INET6)
            one.setblocking(False)
            one.connect_ex((address, self.port))
            self.held.append(one)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        time.sleep(0.8)
        for one in self.held:
            one.close()
        while True:
            try:
                sock, _ = self.sock.accept()
                stream = Stream(sock)
                stream.until(b"\r\n\r\n")
                sock.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            except (EOFError, ConnectionError):
                continue
            except OSError:
                return

    def close(self):
        self.sock.close()


with scenario.start("deny to 127.0.0.1/32 label no\nallow to any label yes",
                    dns={"both.test": ["127.0.0.1", "::1"]}) as s:
    slow = s.keep(Slow("::1"))
    url = "http://both.test:%d/" % slow.port
    same(s.client().get(url).status, 200, "over the slow address")
    record = s.record(host="both.test")
    same((record["address"], record["verdict"], record["rule"]),
         ("[::1]:%d" % slow.port, "allow", "yes"), "in the record")
