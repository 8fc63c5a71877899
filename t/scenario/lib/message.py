"""message: an HTTP/1 message as a test sees it, read leniently and whole."""
from lib.expect import Failure


class Silence(Failure):
    """Nothing came for as long as the stream waits."""


class Message:
    """A request or a response: start line, fields, body, trailers."""

    def __init__(self, head, body=b"", trailers=b""):
        self.head = head
        self.body = body
        self.trailers = trailers
        self.start, _, rest = head.partition(b"\r\n")
        self.start = self.start.decode("latin-1")
        self.fields = []
        for line in rest.decode("latin-1").split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                self.fields.append((name, value.strip()))

    @property
    def status(self):
        words = self.start.split(" ")
        return int(words[1]) if len(words) > 1 else 0

    def all(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def get(self, name):
        """The field's value, several lines joined; None where absent."""
        values = self.all(name)
        return ", ".join(values) if values else None

    def text(self):
        return self.body.decode("utf-8", "replace")

    def __repr__(self):
        return "<%s, %d bytes>" % (self.start, len(self.body))


class Stream:
    """A socket read by messages. `timeout` bounds every read."""

    def __init__(self, sock, timeout=15):
        self.sock = sock
        self.buffer = b""
        self.sock.settimeout(timeout)

    def fill(self):
        """More bytes into the buffer; False at the end of the stream."""
        try:
            data = self.sock.recv(65536)
        except TimeoutError:
            raise Silence("no bytes came; so far: %r"
                          % self.buffer[-500:]) from None
        self.buffer += data
        return bool(data)

    def until(self, mark):
        while mark not in self.buffer:
            if not self.fill():
                raise EOFError(self.buffer)
        at = self.buffer.index(mark) + len(mark)
        taken, self.buffer = self.buffer[:at], self.buffer[at:]
        return taken

    def exactly(self, count):
        while len(self.buffer) < count:
            if not self.fill():
                raise EOFError(self.buffer)
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def skip(self, count):
        """Reads so many bytes and keeps none of them."""
        count -= len(self.buffer)
        self.buffer = b"" if count >= 0 else self.buffer[count:]
        while count > 0:
            data = self.sock.recv(min(count, 1 << 18))
            if not data:
                raise EOFError(b"")
            count -= len(data)

    def rest(self):
        """Everything up to the end of the stream."""
        try:
            while self.fill():
                pass
        except ConnectionResetError:
            pass
        taken, self.buffer = self.buffer, b""
        return taken

    def _chunks(self):
        body = b""
        while True:
            size = int(self.until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                break
            body += self.exactly(size)
            self.exactly(2)
        trailers = b""
        while True:
            line = self.until(b"\r\n")
            if line == b"\r\n":
                return body, trailers
            trailers += line

    def message(self, bodiless=False, until_close=False):
        """One message. bodiless: an answer to HEAD or CONNECT.
        until_close: an answer, which may end with the connection."""
        message = Message(self.until(b"\r\n\r\n"))
        if bodiless or (until_close and (
                message.status < 200 or message.status in (204, 304))):
            return message
        if "chunked" in (message.get("Transfer-Encoding") or ""):
            message.body, message.trailers = self._chunks()
        elif message.get("Content-Length") is not None:
            message.body = self.exactly(int(message.get("Content-Length")))
        elif until_close:
            message.body = self.rest()
        return message
