"""A slow reader stops the fast writer, in both directions, plain, decrypted
and tunnelled: the proxy's memory stays where it was."""
# timeout: 120
import threading
import time
from lib import scenario
from lib.expect import holds, same
from lib.process import rss_of, wait_until

SIZE = 64 << 20
# kernel buffers are not ours; this is
GROWTH = (32 if scenario.sanitized() else 12) << 20


class Writer:
    """An origin that counts what it could write, or read."""

    def __init__(self):
        self.count = 0
        self.go = threading.Event()

    def serve(self, conn):
        conn.sock.settimeout(60)
        head = conn.until(b"\r\n\r\n")
        if head.startswith(b"POST"):
            self.go.wait(60)
            conn.skip(SIZE)
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            return
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        for _ in range(SIZE >> 16):
            conn.send(b"x" * 65536)
            self.count += 65536


def settled(read):
    """The value once it no longer changes."""
    last = [-1]

    def look():
        now = read()
        same_again = now == last[0]
        last[0] = now
        time.sleep(0.3)
        return same_again
    wait_until(look, 30, "the writer stops")
    return last[0]


with scenario.start("decrypt all except tunnel.test\nallow to any") as s:
    for kind in ("plain", "decrypted", "tunnel"):
        writer = Writer()
        origin = s.origin(serve=writer.serve,
                          tls=None if kind == "plain" else "good")
        with s.case(kind):
            client = s.client()
            name = "tunnel.test" if kind == "tunnel" else "www.test"
            url = "http://%s/" % origin.named(name)
            if kind == "decrypted":
                client.secure(origin.named(name))
            elif kind == "tunnel":
                client.connect(origin.named(name))
                client.tls(name, ca=s.pki.ca)
                client.inside = name
            pid = s.proxy.pids("proxy")[0]
            before = rss_of(pid)
            client.request("GET", "/" if client.inside else url)
            client.until(b"\r\n\r\n")
            sent = settled(lambda w=writer: w.count)
            holds(sent < SIZE, "the writer was not stopped")
            grown = rss_of(pid) - before
            holds(grown < GROWTH, "grown by %d KB" % (grown >> 10))
            client.skip(SIZE)
            grown = rss_of(pid) - before
            holds(grown < GROWTH, "grown by %d KB at the end" % (grown >> 10))

    # an upload to an origin that doesn't read
    writer = Writer()
    origin = s.origin(serve=writer.serve)
    client = s.client()
    pid = s.proxy.pids("proxy")[0]
    before = rss_of(pid)
    sent = [0]

    def upload():
        client.request("POST", "http://%s/" % origin.at,
                       "Content-Length: %d\r\n" % SIZE)
        client.sock.settimeout(60)
        for _ in range(SIZE >> 16):
            client.send(b"x" * 65536)
            sent[0] += 65536
    thread = threading.Thread(target=upload, daemon=True)
    thread.start()
    holds(settled(lambda: sent[0]) < SIZE, "the upload was not stopped")
    holds(rss_of(pid) - before < GROWTH, "grown by the upload")
    writer.go.set()
    thread.join(60)
    same(client.reply().status, 200, "uploaded")
