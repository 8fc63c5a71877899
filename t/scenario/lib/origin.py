"""origin: a scripted server that sends and keeps exact bytes."""
import socket
import ssl
import threading

from lib.expect import Failure
from lib.message import Silence, Stream


class Conn(Stream):
    """One connection that came in."""

    def __init__(self, sock, number):
        super().__init__(sock, timeout=30)
        self.number = number

    def send(self, data):
        if isinstance(data, str):
            data = data.encode("latin-1")
        self.sock.sendall(data)

    def reset(self):
        """Closes with a RST."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b"\1\0\0\0\0\0\0\0")
        self.sock.close()


OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


class Origin:
    """answer: text, bytes, a list of them (one a request, the last one for
    all further), or a function of (conn, request). serve: a function of
    conn in place of all of that. tls: (certificate, key) paths."""

    def __init__(self, answer=OK, serve=None, tls=None, alpn=None,
                 address="127.0.0.1", port=0):
        self.answer = answer
        self.serve = serve or self._requests
        self.requests = []
        self.connections = []
        self.received = b""
        self.failures = []  # what did not hold in an answer
        self.context = None
        if tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*tls)
            if alpn:
                self.context.set_alpn_protocols(alpn)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.sock = socket.socket(family)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((address, port))
        self.sock.listen(64)
        self.port = self.sock.getsockname()[1]
        self.at = "%s:%d" % (
            "[%s]" % address if ":" in address else address, self.port)
        threading.Thread(target=self._accept, daemon=True).start()

    def named(self, host):
        return "%s:%d" % (host, self.port)

    def _accept(self):
        while True:
            try:
                sock, peer = self.sock.accept()
            except OSError:
                return
            self.connections.append(peer)
            threading.Thread(target=self._one, daemon=True,
                             args=(sock, len(self.connections))).start()

    def _one(self, sock, number):
        try:
            if self.context:
                sock = self.context.wrap_socket(sock, server_side=True)
            conn = Conn(sock, number)
            self.serve(conn)
            sock.close()
        except Failure as failure:
            if not isinstance(failure, Silence):
                self.failures.append("at the origin: %s" % failure)
            sock.close()
        except (OSError, EOFError, ValueError):
            sock.close()

    def _requests(self, conn):
        while True:
            try:
                request = conn.message()
            except EOFError as left:
                self.received += left.args[0]
                return
            self.received += request.head + request.body
            self.requests.append(request)
            answer = self.answer
            if callable(answer):
                if answer(conn, request) is False:
                    return
                continue
            if isinstance(answer, list):
                answer = answer[min(len(self.requests), len(answer)) - 1]
            conn.send(answer)
            if b"connection: close" in (
                    answer.lower() if isinstance(answer, bytes)
                    else answer.lower().encode("latin-1")):
                return

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()
