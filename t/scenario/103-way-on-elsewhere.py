"""The way on where there is no form over TLS: a WebSocket, a site without TLS,
a password that stands in the request twice, and two at once."""
import html
import re
import time
from urllib.parse import quote, urlencode

from lib import filtered
from lib.expect import absent, same, within
from lib.filtered import form
from lib.proxy import PASSWORD, verb

WAY = "continue.sallyport.internal"
UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
HTML = "Accept: text/html\r\n"
BOBS = "Autumn+2026+leaves"
RULES = """credentials continue to any
allow to any
limit credential-failures 1000"""


def frame(text):
    data = text.encode()
    mask = b"\1\2\3\4"
    return b"\x81" + bytes([0x80 | len(data)]) + mask + bytes(
        c ^ mask[i % 4] for i, c in enumerate(data))


def socket_server(conn):
    head = conn.until(b"\r\n\r\n")
    if b"websocket" not in head:
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        return
    conn.send("HTTP/1.1 101 Switching Protocols\r\n" + UPGRADE + "\r\n")
    while True:
        conn.send(conn.exactly(7))


def link(reply):
    found = re.findall(r'href="(https?://[^"]*/\?t=[0-9a-f]+)"', reply.text())
    same(len(found), 1, "links to a way on in\n" + reply.text())
    return html.unescape(found[0])


def go(s, url):
    """Opens the way's page with that scheme, and answers it."""
    scheme, _, rest = url.partition("://")
    client = s.client()
    path = "/" + rest.partition("/")[2]
    if scheme == "https":
        client.secure(WAY + ":443")
        shown = client.get(path)
    else:
        shown = client.get(url)
    values = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"',
                             shown.text()), reason="it has to be")
    reply = form(client, "/" if scheme == "https" else "http://%s/" % WAY,
                 urlencode(values), "Origin: %s://%s\r\n" % (scheme, WAY))
    same(reply.status, 303, "the answer")
    return reply.get("Location")


with filtered.start(RULES, accounts=("alice", "bob"), workers=2,
                    lines=["alice:" + PASSWORD, "bob:" + BOBS]) as s:
    verb("user", "passwd", "-f", s.proxy.conf, "bob", text=BOBS + "\n")
    s.proxy.wait_log("the account file changed")

    with s.case("a site without TLS"):
        origin = s.origin()
        url = "http://%s/in" % origin.at
        body = "pass=" + quote(PASSWORD)

        def submit(text=body):
            client = s.client()
            return form(client, url, text, HTML)
        way = link(submit())
        within("http://" + WAY, way, "the way's page is without TLS, too")
        same(go(s, way), "http://%s/" % origin.at, "back")
        same(submit().status, 200, "passes")
        same(submit().status, 403, "once")

    with s.case("the same password twice in a form"):
        twice = body + "&again=" + quote(PASSWORD)
        go(s, link(submit(twice)))
        same(submit(twice).status, 200, "passes")

    with s.case("two passwords need a reason each"):
        both = body + "&user=bob&other=" + quote(BOBS)
        for _ in range(3):
            go(s, link(submit(both)))
        same(submit(both).status, 200, "passes")
        same(submit(both).status, 403, "once")
        same({r["submitted"] for r in s.proxy.records.all()
              if r["type"] == "continue"}, {"alice", "bob"}, "whose")

    with s.case("in the path there is none"):
        client = s.client()
        reply = client.get("http://%s/%s" % (origin.at, quote(PASSWORD)), HTML)
        same(reply.status, 403, "stopped")
        absent(WAY, reply.text(), "the page")

    with s.case("a WebSocket"):
        origin = s.origin(serve=socket_server, tls="good")
        site = origin.named("www.test")

        def talk(text, expect):
            client = s.client()
            client.secure(site)
            client.request("GET", "/talk", UPGRADE)
            same(client.reply().status, 101, "the upgrade")
            client.send(frame(text))
            got = client.exactly(2)
            same(got[0], expect, "what comes of a message: %r" % got)
            client.close()

        def told():
            client = s.client()
            client.secure(site)
            return client.get("/", "Sec-Fetch-Mode: navigate\r\n")
        talk("x", 0x81)
        talk('{"pass":"%s"}' % PASSWORD, 0x88)
        time.sleep(0.3)
        go(s, link(told()))
        talk('{"pass":"%s"}' % PASSWORD, 0x81)
        talk('{"pass":"%s"}' % PASSWORD, 0x88)
