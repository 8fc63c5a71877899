"""Everything a stranger can grow has a limit: 414, 431, 413, 408, 503; one
below the limit passes."""
import time
from lib import scenario
from lib.expect import holds, same

RULES = """limit request-line 1k
limit header-bytes 4k
limit header-count 16
limit body-bytes 1000
limit per-account 20
timeout request 1s
timeout idle 2s
allow to any"""


def status_of(client, text):
    client.send(text)
    return client.reply().status


with scenario.start(RULES) as s:
    origin = s.origin()
    url = "http://%s/" % origin.at

    def line(length):
        """A request whose first line has that many bytes."""
        bare = "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
        client = s.client()
        fixed = len("GET %s HTTP/1.1" % url)
        path = url + "a" * (length - fixed)
        return status_of(client, bare % (path, origin.at, client.login))

    with s.case("request line"):
        same([line(1000), line(1200), line(100000)], [200, 414, 414],
             "statuses")

    with s.case("header bytes"):
        same([s.client().get(url, "X: %s\r\n" % ("a" * n)).status
              for n in (3000, 5000, 200000)], [200, 431, 431], "statuses")

    with s.case("header count"):
        same([s.client().get(url, "X: a\r\n" * n).status
              for n in (13, 17, 1000)], [200, 431, 431], "statuses")

    with s.case("body by its length"):
        for length, status in ((1000, 200), (1001, 413)):
            client = s.client()
            client.request("POST", url, body=b"x" * length)
            same(client.reply().status, status, "%d bytes" % length)
    with s.case("body by its chunks"):
        client = s.client()
        client.request("POST", url, "Transfer-Encoding: chunked\r\n")
        client.send("400\r\n" + "x" * 1024 + "\r\n0\r\n\r\n")
        same(client.reply().status, 413, "1024 bytes in a chunk")

    with s.case("slow head"):
        client = s.client()
        began = time.monotonic()
        same(status_of(client, "GET %s HT" % url), 408, "status")
        holds(time.monotonic() - began < 5, "in time")
        client.closed()
    with s.case("slow head, byte by byte"):
        client = s.client()
        began = time.monotonic()
        try:
            for byte in "GET %s HTTP/1.1\r\n" % url + "X: y\r\n" * 100:
                client.send(byte)
                time.sleep(0.1)
                if time.monotonic() - began > 6:
                    break
        except OSError:
            pass
        holds(time.monotonic() - began < 6, "a byte now and then held it up")
    with s.case("idle"):
        client = s.client()
        same(client.get(url).status, 200, "first")
        began = time.monotonic()
        client.closed()
        holds(1 < time.monotonic() - began < 8, "closed when idle")

    with s.case("connections of an account"):
        many = [s.client() for _ in range(30)]
        statuses = []
        for client in many:
            try:
                statuses.append(client.get(url).status)
            except Exception:  # pylint: disable=broad-except
                statuses.append(None)
        same(statuses[:19], [200] * 19, "within the limit")
        holds(200 not in statuses[21:], "beyond the limit: %r" % statuses)
        holds(503 in statuses or 429 in statuses, "said: %r" % statuses)
