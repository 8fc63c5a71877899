"""An answer that ends with its connection: whole when the origin says so with
close_notify, and passed on as cut short when the connection just breaks."""
import ssl
from lib import scenario
from lib.expect import Failure, same

HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nsome of it"


def ends(conn):
    path = conn.until(b"\r\n\r\n").split(b" ")[1]
    conn.send(HEAD)
    if path == b"/clean":
        conn.sock.unwrap()
    elif path == b"/reset":
        conn.reset()
    # else the socket is closed without a word of TLS


def whole(client, path):
    """Does the answer look complete to a careful client?"""
    client.request("GET", path)
    try:
        reply = client.reply()
    except (Failure, EOFError, OSError, ssl.SSLError):
        return False
    return reply.status == 200


with scenario.start("decrypt all\nallow to any") as s:
    origin = s.origin(serve=ends, tls="good")
    for path, want in (("/clean", True), ("/cut", False),
                       ("/reset", False)):
        with s.case(path):
            client = s.client()
            client.secure(origin.named("www.test"))
            same(whole(client, path), want, "looks complete")
    # and a plain origin, which has no other way to end
    plain = s.origin(lambda conn, request: bool(conn.send(HEAD)))
    reply = s.client().get("http://%s/" % plain.at)
    same(reply.body, b"some of it", "plain until close")
