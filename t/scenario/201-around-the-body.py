"""A password beside the body: in a trailer, in the name of a WebSocket's
protocol, in the reason of its close, at the start of a message too long to be
held. It does not arrive, and what is like it but for the password does."""
import base64
import struct

from lib import corpus, filtered
from lib.expect import absent, same
from lib.proxy import PASSWORD
from lib.process import wait_until
from urllib.parse import quote

UPGRADE = ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s")
OTHER = "wr:ong rect h0rse"
TE = "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n"
LIMIT = 16 << 10


def frame(data, opcode=1, final=True):
    n = len(data)
    size = bytes([0x80 | n]) if n < 126 else b"\xfe" + struct.pack(">H", n)
    return bytes([final << 7 | opcode]) + size + b"\0\0\0\0" + data


def form(word):
    return b"user=alice&pass=" + quote(word).encode()


def long_message(word):
    """Fragments of 8 KB, three times what is held; the word in the first."""
    first = form(word) + b"&x=" + b"y" * 8000
    return [frame(first, final=False)] + [
        frame(b"z" * 8000, 0, False) for _ in range(6)] + [frame(b"", 0)]


CLOSE = {"close": lambda word: [frame(b"\x0b\xb8" + word.encode(), 8)],
         "ping": lambda word: [frame(word.encode(), 9)],
         "ping inside a message": lambda word: [
             frame(b"a", final=False), frame(word.encode(), 9),
             frame(b"b", 0)],
         "long": long_message}

with filtered.start("limit inspect-bytes 16k\ncredentials block to any\n"
                    "allow to any") as s:
    origin = s.origin(tls="good")
    origin.answer = corpus.serve(origin)

    def opened():
        client = s.client()
        client.secure(origin.named("www.test"))
        return client

    def trailer(word, size):
        client = opened()
        client.request("POST", "/", TE)
        client.send(b"%x\r\n%s\r\n0\r\nX-Sum: %s\r\n\r\n" % (
            size, b"a" * size, word.encode()))
        return client.reply("POST").status

    for word, status in ((PASSWORD, 403), (OTHER, 200)):
        with s.case("trailer, %d" % status):
            same(trailer(word, 20), status, "status")
    with s.case("trailer behind more than is held"):
        same(trailer(PASSWORD, 3 * LIMIT), 200, "passes as unread")
    with s.case("authorization"):
        for scheme in ("", "Bearer ", "Token "):
            for word, status in ((PASSWORD, 403), (OTHER, 200)):
                coded = base64.b64encode(b"alice:" + word.encode()).decode()
                same(opened().get("/", "Authorization: %s%s\r\n" % (
                    scheme, coded)).status, status, scheme)
    with s.case("protocol of a WebSocket"):
        for word, status in ((PASSWORD, 403), (OTHER, 101)):
            same(opened().get("/", UPGRADE % (
                "Sec-WebSocket-Protocol: chat, %s\r\n" % quote(word))).status,
                status, "upgrade")

    for name, frames in CLOSE.items():
        for word in (OTHER, PASSWORD):
            with s.case("%s, %s" % (name, word)):
                origin.bytes.clear()
                client = opened()
                client.request("GET", "/ws", UPGRADE % "")
                same(client.reply().status, 101, "upgrade")
                sent = frames(word)
                for one in sent:
                    client.send(one)
                arrived = lambda: b"".join(origin.bytes.values())
                if word == OTHER:
                    wait_until(lambda: arrived() == b"".join(sent), 5,
                               "all of it at the origin")
                else:
                    same(client.rest()[2:4], b"\x03\xf0", "close for policy")
                    absent(word.encode(), arrived(), "at the origin")
                    absent(quote(word).encode(), arrived(), "at the origin")
                client.close()
    with s.case("pings without an end inside a message"):
        origin.bytes.clear()
        client = opened()
        client.request("GET", "/ws", UPGRADE % "")
        same(client.reply().status, 101, "upgrade")
        client.send(frame(b"a", final=False))
        for _ in range(LIMIT // 128 + 1):
            client.send(frame(b"p" * 122, 9))
        wait_until(lambda: len(arrived()) > LIMIT, 5, "no more than is held")
        client.send(frame(form(PASSWORD), 0))
        same(client.rest()[2:4], b"\x03\xf0", "close for policy")
        absent(quote(PASSWORD).encode(), arrived(), "at the origin")
        client.close()
    trailers = [r.trailers for r in origin.requests if r.trailers]
    same(trailers, [b"X-Sum: %s\r\n" % OTHER.encode()], "trailers")
    heads = b"".join(r.head for r in origin.requests)
    for word in (PASSWORD, quote(PASSWORD)):
        absent(word.encode(), heads, "in a head at the origin")
