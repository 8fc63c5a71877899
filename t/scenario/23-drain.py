"""SIGTERM: no new connections, what is under way ends, and the program ends
with status 0, at the latest after `timeout drain`."""
import threading
import time
from lib import scenario
from lib.expect import holds, same

release = threading.Event()


def slow(conn, request):
    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst")
    release.wait(20)
    conn.send("later")


with scenario.start("timeout drain 4s\nallow to any", workers=2) as s:
    origin = s.origin(slow)
    quick = s.origin()
    idle = s.client()
    same(idle.get("http://%s/" % quick.at).status, 200, "idle client")
    client = s.client()
    client.request("GET", "http://%s/" % origin.at)
    client.until(b"first")

    s.proxy.process.signal(15)
    time.sleep(0.5)
    try:
        s.client().get("http://%s/" % quick.at)
        taken = True
    except Exception:  # pylint: disable=broad-except
        taken = False
    holds(not taken, "a new connection was served while draining")
    idle.closed()
    holds(s.proxy.process.alive(), "it ended before what was under way")
    release.set()
    same(client.exactly(5), b"later", "the rest of what was under way")
    same(s.proxy.process.wait(10), 0, "exit status")
