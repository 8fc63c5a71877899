"""1xx answers: Expect: 100-continue is passed on and answered, other interim
answers go through before the final one, a 1.0 client gets none."""
from lib import scenario
from lib.expect import same, within

HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"


def careful(conn):
    """Reads heads by itself, so that it sees a body that came too early."""
    while True:
        head = conn.until(b"\r\n\r\n")
        if b"refuse" in head:
            conn.send("HTTP/1.1 417 No\r\nContent-Length: 2\r\n"
                      "Connection: close\r\n\r\nno")
            return
        if b"Expect: 100-continue" in head:
            conn.send("HTTP/1.1 100 Continue\r\n\r\n")
        if b"Content-Length: 4" in head:
            same(conn.exactly(4), b"body", "body")
        conn.send(HINTS + HINTS + "HTTP/1.1 200 OK\r\n"
                  "Content-Length: 5\r\n\r\nfinal")


with scenario.start("decrypt all\nallow to any") as s:
    origin = s.origin(serve=careful)
    url = "http://%s/" % origin.at
    client = s.client()

    client.request("POST", url,
                   "Expect: 100-continue\r\nContent-Length: 4\r\n")
    same(client.reply().status, 100, "permission")
    client.send("body")
    for _ in range(2):
        hints = client.reply()
        same(hints.status, 103, "interim")
        within("preload", hints.get("Link"), "its field")
    same(client.reply().body, b"final", "final")

    # an origin that says no at once, before the body was sent
    client.request("POST", url + "refuse",
                   "Expect: 100-continue\r\nContent-Length: 4\r\n")
    reply = client.reply()
    same((reply.status, reply.body), (417, b"no"), "refused")

    # without Expect a body just goes
    client = s.client()
    client.request("POST", url, body=b"body")
    same([client.reply().status for _ in range(3)], [103, 103, 200], "plain")

    # HTTP/1.0 doesn't know interim answers
    old = s.client()
    old.send("GET %s HTTP/1.0\r\n%s\r\n" % (url, old.login))
    reply = old.reply()
    same((reply.status, reply.body), (200, b"final"), "1.0")
    old.closed()
