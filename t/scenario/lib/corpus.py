"""corpus: login requests as real applications send them, one after the other
through a proxy.

The corpus is $SALLYPORT_CORPUS, or shared/corpus beside the source tree."""
import base64
import hashlib
import os
import re
import sys

from lib.expect import Failure, Skip
from lib.process import wait_until

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
WAIT = 5


def load():
    """Its render module, and its directory."""
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                       "..", "..", "..")
    for place in (os.environ.get("SALLYPORT_CORPUS"),
                  os.path.join(top, "..", "shared", "corpus")):
        for folder in (place, place and os.path.join(place, "logins")):
            if folder and os.path.exists(os.path.join(folder, "render.py")):
                sys.path.insert(0, folder)
                import render
                return render, folder
    raise Skip("no corpus: set SALLYPORT_CORPUS")


def serve(origin):
    """An answer for Origin: 200, or a WebSocket whose bytes are kept."""
    origin.bytes = {}

    def answer(conn, request):
        host = request.get("Host")
        if (request.get("Upgrade") or "").lower() != "websocket":
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            return True
        key = (request.get("Sec-WebSocket-Key") or "").encode()
        accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
        offered = request.get("Sec-WebSocket-Extensions") or ""
        extra = "Sec-WebSocket-Extensions: permessage-deflate\r\n" \
            if "permessage-deflate" in offered else ""
        conn.send("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n"
                  "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n%s\r\n"
                  % (accept.decode(), extra))
        while True:
            origin.bytes[host] = origin.bytes.get(host, b"") + conn.buffer
            conn.buffer = b""
            if not conn.fill():
                return False
    return answer


def _rename(segments, host):
    """The same segments for another host."""
    raw = b"".join(segments)
    cuts, at = [], 0
    for segment in segments:
        at += len(segment)
        cuts.append(at)
    head = raw.index(b"\r\n\r\n")
    found = re.search(rb"\r\n[Hh]ost: ?([^\r]*)\r\n", raw[:head + 2])
    line = re.match(rb"\S+ http://(?:[^/@ ]*@)?([^/ ]+)", raw)
    for match in sorted(filter(None, (found, line)),
                        key=lambda one: -one.start(1)):
        start, end = match.span(1)
        raw = raw[:start] + host.encode() + raw[end:]
        moved = len(host) - (end - start)
        cuts = [cut + moved if cut >= end else min(cut, start)
                for cut in cuts]
    return [raw[a:b] for a, b in zip([0] + cuts, cuts)]


class Walk:
    """One case for one identity: what was sent, what came back."""

    def __init__(self, client, origin, host, plain):
        self.client, self.origin, self.host = client, origin, host
        self.plain = plain
        self.sent = self.answered = self.messages = 0
        self.statuses = []
        self.upgraded = self.closed = False

    def _send(self, exchange):
        segments = exchange.segments
        if exchange.kind != "ws":
            segments = _rename(segments, self.host)
        if self.plain:
            segments[0] = segments[0].replace(
                b"\r\n", b"\r\n" + self.client.login.encode(), 1)
        for number, segment in enumerate(segments):
            self.client.send(segment)
            if number == 0 and exchange.info.get("after_first_segment"):
                self.client.until(b"\r\n\r\n")

    def _answer(self, method):
        reply = self.client.reply(method)
        while reply.status == 100:
            reply = self.client.reply(method)
        self.statuses.append(reply.status)
        self.answered += 1
        if reply.status == 101:
            self.upgraded = True
        if (reply.get("Connection") or "").lower() == "close":
            self.closed = True

    def run(self, exchanges):
        waiting = []
        try:
            for exchange in exchanges:
                if self.closed:
                    return
                self._send(exchange)
                if exchange.kind == "ws":
                    self.messages += len(exchange.raw)
                    continue
                self.sent += 1
                waiting.append(exchange.method)
                if exchange.wait != "none":
                    while waiting:
                        self._answer(waiting.pop(0))
            while waiting and not self.closed:
                self._answer(waiting.pop(0))
        except (EOFError, OSError, Failure):
            self.closed = True

    def arrived(self):
        return sum(r.get("Host") == self.host for r in self.origin.requests)

    def all_arrived(self):
        return self.arrived() == self.sent and \
            len(self.origin.bytes.get(self.host, b"")) == self.messages

    def wait_arrived(self):
        try:
            wait_until(self.all_arrived, WAIT, "the origin")
            return True
        except Failure:
            return False
