"""Where what is neither TLS nor HTTP may pass: TLS and HTTP don't pass along
with it, whether they come late, in pieces or in a dress of their own."""
import threading
import time

from lib import scenario
from lib.expect import Failure, absent, same

RULES = """decrypt all
foreign allow
deny to www.test path /secret
allow to any"""
HTTP = "GET /secret HTTP/1.1\r\nHost: %s\r\n\r\n"
TLS = "\x16\x03\x01\x00\x05hello"
heard = []


def mail(conn):
    conn.send("220 mail.test\r\n")
    while True:
        line = conn.until(b"\r\n")
        heard.append(line)
        conn.send(b"250 " + line)


def echo(conn):
    while True:
        line = conn.until(b"\n")
        heard.append(line)
        conn.send(line)


def say(s, origin, *pieces):
    """Sends what a string holds, sleeps what a number says."""
    client = s.client()
    client.connect(origin.named("www.test"))
    for piece in pieces:
        if isinstance(piece, str):
            client.send(piece)
        else:
            time.sleep(piece)
    return client


with scenario.start(RULES) as s:
    server_first, client_first = s.origin(serve=mail), s.origin(serve=echo)
    at = client_first.named("www.test")

    def hidden(*pieces):
        try:
            say(s, client_first, *pieces).fill()
        except (OSError, Failure):
            pass

    threads = [threading.Thread(target=hidden, args=pieces) for pieces in (
        (3.6, HTTP % at), (3.6, TLS + "\n"), ("\r\n" + HTTP % at,),
        ("GE", 3.6, "T /secret HTTP/1.1\r\nHost: %s\r\n\r\n" % at),
        (3.6, "G", "ET /secret HTTP/1.1\r\nHost: %s\r\n\r\n" % at),
        ("ZAP /secret HTTP/1.1\r\nHost: %s\r\n\r\n" % at,),
        ("ZAP http://%s/secret HTTP/1.1\r\nHost: %s\r\n\r\n" % (at, at),))]
    for thread in threads:
        thread.start()

    client = say(s, server_first)
    same(client.until(b"\r\n"), b"220 mail.test\r\n", "the greeting")
    client.send("EHLO http.test\r\n")
    same(client.until(b"\r\n"), b"250 EHLO http.test\r\n", "the answer")
    client.send("MAIL /\r\n")
    same(client.until(b"\r\n"), b"250 MAIL /\r\n", "later words")

    client = say(s, client_first, "SSH-2.0-x y\r\n")
    same(client.until(b"\n"), b"SSH-2.0-x y\r\n", "who speaks first")

    for thread in threads:
        thread.join(12)
    absent(b"secret", b"".join(heard), "what the origin has heard")
    absent(b"\x16\x03", b"".join(heard), "what the origin has heard")
