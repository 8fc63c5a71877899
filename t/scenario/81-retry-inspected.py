"""A request that was looked into and finds its idle connection closed is
sent again on a new one, once, and reads as it did the first time."""
import threading

from lib import filtered
from lib.expect import same


seen = []
reading, reloaded = threading.Event(), threading.Event()


def again(conn):
    while True:
        request = conn.message()
        seen.append(request)
        if len(seen) == 2:
            return
        if len(seen) == 5:  # between the two attempts comes a reload
            reading.set()
            reloaded.wait(10)
            return
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


with filtered.start("credentials block to any\nallow to any") as s:
    origin = s.origin(serve=again)
    client = s.client()
    url = "http://%s/?a=b" % origin.at
    same(client.get(url).body, b"ok", "first")
    same(client.get(url).body, b"ok", "sent again")
    same(len(seen), 3, "requests at the origin")
    same(seen[2].head, seen[1].head, "the second time")

    same(client.get(url).body, b"ok", "once more")
    client.request("GET", url)
    reading.wait(10)
    s.proxy.reload()
    reloaded.set()
    same(client.reply().body, b"ok", "behind a reload")
    same(seen[5].head, seen[4].head, "the second time")
