"""What a reload changes of how connections to origins are made is true of the
next request: none goes out over a connection of the time before."""
from lib import scenario
from lib.expect import same

RULES = "user alice source 127.0.0.%d\nallow to any"

with scenario.start(RULES % 7) as s:
    origin = s.origin()
    url = "http://%s/" % origin.at
    client = s.client()
    for _ in range(2):
        same(client.get(url).status, 200, "before")
    s.proxy.configure(RULES % 8)
    s.proxy.reload()
    same(client.get(url).status, 200, "after")
    same([peer[0] for peer in origin.connections],
         ["127.0.0.7", "127.0.0.8"], "where from")
