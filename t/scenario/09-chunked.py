"""Chunked bodies and trailers, both ways, however the chunks are cut."""
from lib import scenario
from lib.expect import absent, same, within

CUTS = [1, 2, 3, 7, 100, 65536]
BODY = bytes(range(256)) * 300


def chunked(data, size):
    parts = [data[i:i + size] for i in range(0, len(data), size)]
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(p), p) for p in parts) \
        + b"0\r\nX-Sum: 42\r\nContent-Length: 7\r\n\r\n"


def mirror(conn, request):
    """Gives the body back, chunked, in one-byte writes at its ends."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" \
        b"Trailer: X-Sum\r\n\r\n" + chunked(request.body, 1000)
    for byte in answer[:200]:
        conn.send(bytes([byte]))
    conn.send(answer[200:])


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        origin = s.origin(mirror, tls=tls)
        client = s.client()
        url = "http://%s/" % origin.at
        if tls:
            client.secure(origin.named("www.test"))
            url = "/"
        for cut in CUTS:
            with s.case("chunks of %d, %s" % (cut, tls or "plain")):
                body = BODY if cut > 3 else BODY[:2000]
                client.request("POST", url,
                               "Transfer-Encoding: chunked\r\n")
                client.send(chunked(body, cut))
                reply = client.reply()
                same(reply.status, 200, "status")
                same(reply.body == body, True, "the body came back")
                same(origin.requests[-1].body == body, True, "body sent")
                within(b"X-Sum: 42", origin.requests[-1].trailers,
                       "trailers of the request")
                within(b"X-Sum: 42", reply.trailers, "trailers")
                # a trailer that frames or routes never passes
                absent(b"content-length", reply.trailers.lower(), "trailer")
        # a length, too, and the connection is still in step
        client.request("POST", url, body=b"x" * 5000)
        same(client.reply().body, b"x" * 5000, "with a length")
