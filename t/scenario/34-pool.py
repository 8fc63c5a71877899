"""An idle connection that the origin closed is not the client's trouble: a
request that may be repeated is sent again on a new one, another is not."""
import time
from lib import scenario
from lib.expect import holds, same


def once(conn):
    """Answers one request and closes when the next one has come."""
    request = conn.message()
    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    if request.start.startswith("GET /early"):
        return
    conn.message()


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        origin = s.origin(serve=once, tls=tls)
        client = s.client()
        url = "http://%s/" % origin.at
        if tls:
            client.secure(origin.named("www.test"))
            url = "/"
        with s.case("closed while idle, %s" % tls):
            same(client.get(url + "early").body, b"ok", "first")
            time.sleep(0.3)
            same(client.get(url).body, b"ok", "after the close")
            client.request("POST", url + "early", body="x")
        with s.case("closed upon the request, %s" % tls):
            client = s.client()
            if tls:
                client.secure(origin.named("www.test"))
            same(client.get(url).body, b"ok", "first")
            same(client.get(url).body, b"ok", "a GET is sent again")
            before = len(origin.connections)
            client.request("POST", url, body="x")
            status = client.reply().status
            holds(status in (200, 502), "POST: %d" % status)
            holds(len(origin.connections) <= before + 1, "POST was repeated")
    with s.case("what may be sent only once takes none that is idle for long"):
        origin = s.origin()
        client = s.client()
        url = "http://%s/" % origin.at
        for method, pause, want in (("GET", 0, 1), ("POST", 0, 1),
                                    ("GET", 3.3, 1), ("POST", 3.3, 2)):
            time.sleep(pause)
            client.request(method, url, body="x" if method == "POST" else "")
            same(client.reply(method).status, 200, method)
            same(len(origin.connections), want,
                 "connections after a %s" % method)
