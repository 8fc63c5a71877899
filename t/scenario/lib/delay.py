"""delay: a long way to a server: what it says comes late, in order and whole;
what is said to it is passed on at once."""
import socket
import threading
import time
from queue import SimpleQueue

from lib.process import free_port


class Delay:
    """Listens on .port of 127.0.0.1; .seconds may be changed at any time."""

    def __init__(self, to, seconds):
        self.to = to
        self.seconds = seconds
        self.connections = 0
        self.port = free_port()
        self.sock = socket.create_server(("127.0.0.1", self.port),
                                         backlog=500)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.sock.close()

    def _accept(self):
        while True:
            try:
                near = self.sock.accept()[0]
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self.to))
            late = SimpleQueue()
            for work in ((self._pass_on, near, far),
                         (self._take, far, late), (self._say, late, near)):
                threading.Thread(target=work[0], args=work[1:],
                                 daemon=True).start()

    @staticmethod
    def _pass_on(near, far):
        try:
            while True:
                data = near.recv(65536)
                if not data:
                    break
                far.sendall(data)
        except OSError:
            pass
        _end(far)

    def _take(self, far, late):
        data = b" "
        while data:
            try:
                data = far.recv(65536)
            except OSError:
                data = b""
            late.put((time.monotonic() + self.seconds, data))

    @staticmethod
    def _say(late, near):
        while True:
            at, data = late.get()
            time.sleep(max(0, at - time.monotonic()))
            try:
                if not data:
                    break
                near.sendall(data)
            except OSError:
                break
        _end(near)


def _end(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
