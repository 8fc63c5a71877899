"""An origin that answers before it has read the whole upload: the answer gets
through, and the proxy neither hangs nor takes the rest for a request."""
from lib import scenario
from lib.expect import same

EARLY = "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n" \
    "Connection: close\r\n\r\nbig"


def early(conn):
    conn.until(b"\r\n\r\n")
    conn.send(EARLY)
    # a while of reading, so that the answer isn't lost to a reset
    try:
        conn.skip(1 << 20)
    except (EOFError, OSError):
        pass


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        origin = s.origin(serve=early, tls=tls)
        client = s.client()
        url = "http://%s/" % origin.at
        if tls:
            client.secure(origin.named("www.test"))
            url = "/"
        with s.case("early answer, %s" % tls):
            client.request("POST", url, "Content-Length: 100000000\r\n")
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)
            reply = client.reply()
            same((reply.status, reply.body), (413, b"big"), "answer")
    with s.case("curl"):
        large = s.path("large")
        with open(large, "wb") as file:
            file.truncate(8 << 20)
        origin = s.origin(serve=early)
        curl = s.curl("-T", large, "http://%s/x" % origin.at)
        same(curl.status, 413, curl.errors)
