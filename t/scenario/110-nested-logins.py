"""A password in layers at random (t/corpus/nest.py), in chunks of any size,
under a content coding, in fragments of a WebSocket: it does not arrive, and
another one in the same layers does."""
import os
import random
import ssl
import sys

from lib import corpus, filtered
from lib.client import Client, basic
from lib.expect import same
from lib.proxy import PASSWORD

sys.path.insert(0, os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "corpus"))
import nest  # noqa: E402

SEED = int(os.environ.get("NESTED_SEED", "20261126"))
CHAINS = int(os.environ.get("NESTED_CHAINS", "100"))
DEPTH = 10
UPGRADE = ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")


def pieces(rng, body):
    out = []
    while body:
        n = rng.choice((1, 7, 100, 5000, 60000))
        out.append(body[:n])
        body = body[n:]
    return out


def post(client, rng, body, coding):
    fields = "Content-Encoding: %s\r\n" % coding if coding else ""
    if rng.random() < 0.5:
        client.request("POST", "/in", fields, body)
    else:
        client.request("POST", "/in", fields
                       + "Transfer-Encoding: chunked\r\n")
        for piece in pieces(rng, body):
            client.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        client.send(b"0\r\n\r\n")
    return client.reply("POST").status


def frame(rng, final, opcode, data):
    key = rng.randbytes(4)
    n = len(data)
    size = bytes([0x80 | n]) if n < 126 else b"\xfe" + n.to_bytes(2, "big") \
        if n < 65536 else b"\xff" + n.to_bytes(8, "big")
    return bytes([final << 7 | opcode]) + size + key + bytes(
        b ^ key[i & 3] for i, b in enumerate(data))


def message(rng, body):
    parts = [body] if rng.random() < 0.5 else pieces(rng, body)
    return b"".join(frame(rng, i == len(parts) - 1, 0 if i else 2, part)
                    for i, part in enumerate(parts))


with filtered.prepare() as s:
    s.dns.names["*.corpus.test"] = ["127.0.0.1"]
    filtered.begin(s, "limit credential-failures 1000\n"
                   "credentials block to any\nallow to any")
    origin = s.origin(tls=s.pki.leaf("corpus", san="DNS:*.corpus.test"))
    origin.answer = corpus.serve(origin)
    context = ssl.create_default_context(cafile=s.proxy.ca)

    def connect(number):
        client = Client(s.proxy.port, basic("alice", PASSWORD))
        client.secure(origin.named("n%d.corpus.test" % number),
                      context=context)
        return client

    def wrapped(rng, value, coded=True):
        while True:
            names, body, coding = nest.wrap(
                rng, value, rng.randint(1, DEPTH), coded)
            if len(body) < 200000:
                return names, body, coding

    def password(client, rng):
        names, body, coding = wrapped(rng, PASSWORD)
        same(post(client, rng, body, coding), 403,
             " ".join([coding] + names[::-1]))

    def another(client, rng):
        names, body, coding = wrapped(rng, nest.password(rng))
        same(post(client, rng, body, coding), 200,
             "another in " + " ".join([coding] + names[::-1]))

    def socket(client, rng):
        names, body, _ = wrapped(rng, PASSWORD, False)
        client.request("GET", "/ws", UPGRADE)
        same(client.reply().status, 101, "upgrade")
        client.send(message(rng, body))
        same(client.rest()[2:4], b"\x03\xf0",
             "closed for policy: " + " ".join(names[::-1]))
        same(origin.bytes.get(client.inside, b""), b"", "arrived")

    for number in range(CHAINS):
        rng = random.Random("%d/%d" % (SEED, number))
        with s.case("seed %d, chain %d" % (SEED, number)):
            client = connect(number)
            another(client, rng)
            (password if number % 3 else socket)(client, rng)
            client.close()
    sent = sum(r.start.startswith("POST") for r in origin.requests)
    same(sent, CHAINS, "requests that arrived")
