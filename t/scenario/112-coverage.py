"""What may have been a login and could not be read is on the record, with the
reason, and is counted by site: bodies, what a script of the page encrypted,
tunnels. Messages of a WebSocket count for the memory of what is looked into."""
import json
import os

from lib import corpus, filtered
from lib.expect import absent, holds, same, within
from lib.filtered import form
from lib.proxy import PASSWORD, verb

filtered.HEAD = filtered.HEAD.replace("all", "all except bank.test")
RULES = """limit inspect-memory 1m
credentials permit to silent.test
credentials block refuse unread to gate.test
credentials block to any
allow to any"""
UPGRADE = ("Upgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
BLOB = "kD83hZqPzVtV0o8X2cWb5nQyLr7uEaJfTgMsHxB1iR4pCwYdN6v9AeKlUj0GmFS+/A=="
ENCRYPTED = (
    "user=alice&encryptedPassword=" + BLOB.replace("+", "%2B"),
    '{"u":"alice","password":"%s"}' % BLOB,
    '{"ciphertext":"%s","iv":"AAECAwQFBgcICQoLDA0ODw=="}' % BLOB,
    "passwd=5f4dcc3b5aa765d61d8327deb882cf99",
    "d=U2FsdGVkX1%2BqJp0pOv3eBq8m8yZ2dM1rA9wKc5tHhLxN4sVgYfUi7oR0TzQbEjWl")
READ = ("user=alice&password=" + "correct horse battery staple " * 3,
        "csrf_token=5f4dcc3b5aa765d61d8327deb882cf99&password=abc",
        '{"ciphertext":"%s"}' % BLOB, "photo=" + BLOB)


def frame(data, size=None):
    """A binary message that is unmasked by zeros, or its first bytes."""
    size = len(data) if size is None else size
    return b"\x82\xff" + size.to_bytes(8, "big") + bytes(4) + data


with filtered.start(RULES) as s:
    origin = s.origin(tls="good")
    origin.answer = corpus.serve(origin)

    def post(body, host="www.test", more=""):
        client = s.client()
        client.secure(origin.named(host))
        return form(client, "/login", body, more).status

    def unread(kind):
        return [r for r in s.proxy.records.all()
                if r["type"] == "unread" and r["unread"] == kind]

    def counter(name):
        counters = json.loads(s.proxy.status("--json"))["counters"]
        return sum(c.get(name, 0) for c in counters)

    def socket(host="www.test"):
        client = s.client()
        client.secure(origin.named(host))
        client.request("GET", "/ws", UPGRADE)
        same(client.reply().status, 101, "upgrade")
        return client

    with s.case("encrypted"):
        for body in READ + ENCRYPTED:
            same(post(body), 200, "passes")
        same(counter("unread_encrypted"), len(ENCRYPTED), "counted")
        s.record(type="unread", unread="encrypted", host="www.test")
        same(post(ENCRYPTED[0], "gate.test"), 200, "not refused either")
        same(post(ENCRYPTED[0], "silent.test"), 200, "permitted there")
        same(counter("unread_encrypted"), len(ENCRYPTED) + 1, "counted")

    with s.case("a body"):
        odd = "Content-Encoding: frob\r\n"
        same(post("a=b", more=odd), 200, "passes")
        same(post("a=b", "gate.test", odd), 403, "refused")
        same(counter("unread_bodies"), 2, "counted")

    with s.case("a tunnel"):
        for _ in range(2):
            client = s.client()
            same(client.connect(origin.named("bank.test")).status, 200, "it")
            client.tls("bank.test", ca=s.pki.ca)
            client.inside = origin.named("bank.test")
            same(form(client, "/", "a=b").status, 200, "through it")
            client.close()
        same(counter("unread_tunnels"), 2, "counted")
        found = s.record(type="unread", unread="tunnel")
        same(found["host"], "bank.test", "its site")

    with s.case("messages"):
        client = socket()
        client.send(frame(ENCRYPTED[1].encode()))
        s.record(type="unread", unread="encrypted", method="GET")
        # too long to be held; a reader at the origin has all of it
        long = os.urandom(1 << 20) + b"the end"
        client = socket("one.test")
        client.send(frame(long))
        s.record(type="unread", unread="body", method="GET",
                 host="one.test")
        client = socket("gate.test")
        client.send(frame(long))
        same(client.rest()[2:4], b"\x03\xf0", "closed where refused")

    with s.case("memory"):
        # of two sockets that keep their messages back
        held = [socket("two.test") for _ in range(2)]
        for client in held:
            client.send(frame(bytes(450000), 1 << 20))
        # so that there is none for a large form, but for a small one
        large = "a=" + "x " * 100000 + "&p=" + PASSWORD
        status = 0
        for _ in range(100):
            status = post(large)
            if status == 200:
                break
        same(status, 200, "a large body, memory full")
        same(post("p=" + PASSWORD), 403, "a form, memory full")
        for client in held:
            client.close()
        for _ in range(100):
            status = post(large)
            if status == 403:
                break
        same(status, 403, "a large body, memory free again")

    shown = verb("incidents", "-f", s.proxy.conf, "--unread").stdout
    within("2  bank.test", shown, "by site")
    within("6  www.test", shown, "by site")
    within("a tunnel that is not decrypted", shown, "the reason")
    absent("silent.test", shown, "where it is permitted")
    s.proxy.stop()
    absent("5f4dcc3b5aa765d6", s.proxy.records.raw(), "a value")
