"""`timeout drain` bounds how long SIGTERM waits for what is under way."""
import threading
import time
from lib import scenario
from lib.expect import holds, same

release = threading.Event()


def endless(conn, request):
    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
    release.wait(20)


with scenario.start("timeout drain 1s\nallow to any") as s:
    origin = s.origin(endless)
    client = s.client()
    client.request("GET", "http://%s/" % origin.at)
    client.until(b"first")
    began = time.monotonic()
    s.proxy.process.signal(15)
    same(s.proxy.process.wait(10), 0, "exit status at the deadline")
    holds(0.5 < time.monotonic() - began < 6, "the deadline")
    release.set()
