"""Max-Forwards counts down for OPTIONS and TRACE, and ends here at zero; for
other methods it means nothing. TRACE shows no credentials."""
from lib import scenario
from lib.expect import absent, same

CASES = [
    # method, value, what the origin sees; None: it sees nothing
    ("OPTIONS", "5", "4"),
    ("OPTIONS", "1", "0"),
    ("OPTIONS", "0", None),
    ("GET", "0", "0"),
    ("GET", "5", "5"),
]

with scenario.start("allow to any") as s:
    origin = s.origin()
    for method, value, seen in CASES:
        with s.case("%s %s" % (method, value)):
            before = len(origin.requests)
            client = s.client()
            client.request(method, "http://%s/" % origin.at,
                           "Max-Forwards: %s\r\n" % value)
            same(client.reply().status in (200, 204), True, "answered")
            now = origin.requests[before:]
            same([r.get("Max-Forwards") for r in now],
                 [] if seen is None else [seen], "at the origin")

    # OPTIONS * of the origin: an absolute-form without a path
    client = s.client()
    client.send("OPTIONS http://%s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (
        origin.at, origin.at, client.login))
    same(client.reply().status, 200, "OPTIONS *")
    same(origin.requests[-1].start, "OPTIONS * HTTP/1.1", "asterisk-form")

    client = s.client()
    client.request("TRACE", "http://%s/" % origin.at,
                   "Max-Forwards: 0\r\nCookie: zebra\r\n")
    reply = client.reply()
    absent("zebra", reply.text(), "a cookie in an answer to TRACE")
    absent("Basic ", reply.text(), "a login in an answer to TRACE")
