"""client: a person's program, down to the byte."""
import base64
import socket
import ssl

from lib.expect import Failure, same
from lib.message import Message, Stream


def basic(user, password):
    word = base64.b64encode(("%s:%s" % (user, password)).encode()).decode()
    return "Proxy-Authorization: Basic %s\r\n" % word


class Client(Stream):
    """A connection to the proxy. `login` is the field line that says who;
    it stands in what get() and connect() send."""

    def __init__(self, port, login="", ca=None, address="127.0.0.1",
                 source=None):
        sock = socket.create_connection(
            (address, port), 10, source and (source, 0))
        super().__init__(sock)
        self.login = login
        self.ca = ca
        self.inside = ""

    def send(self, data):
        if isinstance(data, str):
            data = data.encode("latin-1")
        self.sock.sendall(data)

    def request(self, method, url, fields="", body=b""):
        """Sends one request; fields are whole lines. Inside a decrypted
        connection url is a path."""
        host = self.inside or url.split("/")[2]
        if isinstance(body, str):
            body = body.encode()
        if body and "ransfer-" not in fields:
            fields += "Content-Length: %d\r\n" % len(body)
        login = "" if self.inside else self.login
        self.send("%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n" % (
            method, url, host, login, fields))
        if body:
            self.send(body)

    def reply(self, method="GET"):
        try:
            return self.message(bodiless=method == "HEAD", until_close=True)
        except EOFError as left:
            raise Failure("the proxy closed instead of answering; got %r"
                          % (left.args[0],)) from None

    def get(self, url, fields=""):
        self.request("GET", url, fields)
        return self.reply()

    def connect(self, target, fields=""):
        """CONNECT; the answer's head."""
        self.send("CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n" % (
            target, target, self.login, fields))
        head = self.until(b"\r\n\r\n")
        if 200 <= Message(head).status < 300:
            return Message(head)
        self.buffer = head + self.buffer
        return self.reply()

    def tls(self, name, alpn=None, ca=None, context=None, strict=False):
        """The handshake inside a CONNECT, verified against the proxy's CA
        (or another); returns the peer's certificate as a dictionary.
        strict: an end without close_notify is an ssl.SSLEOFError instead
        of an end."""
        if context is None:
            context = ssl.create_default_context(cafile=ca or self.ca)
        if strict:
            context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        if alpn:
            context.set_alpn_protocols(alpn)
        self.sock = context.wrap_socket(
            self.sock, server_hostname=name,
            suppress_ragged_eofs=not strict)
        self.inside = name
        return self.sock.getpeercert()

    def secure(self, target, **more):
        """CONNECT and the handshake; Host is the target's."""
        same(self.connect(target).status, 200, "CONNECT " + target)
        name = target.rpartition(":")[0].strip("[]").lower().rstrip(".")
        certificate = self.tls(name, **more)
        self.inside = target[:-4] if target.endswith(":443") else target
        return certificate

    def closed(self):
        """The proxy closes now and says no more."""
        left = self.rest()
        same(left, b"", "bytes before the close")

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        self.sock.close()
