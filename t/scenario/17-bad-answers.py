"""Answers that could be read in two ways, or that break off: the client gets
502, or sees that its answer was cut short; a connection is not used again
after one."""
from lib import scenario
from lib.expect import Failure, holds, same

OK = "HTTP/1.1 200 OK\r\n"
BAD = {
    "no HTTP": "SSH-2.0-OpenSSH\r\n\r\n",
    "length with coding": OK + "Content-Length: 3\r\n"
    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": OK + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "negative length": OK + "Content-Length: -1\r\n\r\n",
    "obs-fold": OK + "X-A: 1\r\n b\r\nContent-Length: 0\r\n\r\n",
    "space before colon": OK + "Content-Length : 0\r\n\r\n",
    "bare CR": OK + "X-A: 1\rX-B: 2\r\nContent-Length: 0\r\n\r\n",
    "NUL": OK + "X-A: \0\r\nContent-Length: 0\r\n\r\n",
    "status of two digits": "HTTP/1.1 99 No\r\nContent-Length: 0\r\n\r\n",
    "version 2": "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    "unasked 101": "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n"
    "Connection: upgrade\r\n\r\n",
    "nothing": "",
    "half a head": OK + "Content-Le",
    "endless head": OK + "X-A: " + "a" * 2000000 + "\r\n\r\n",
    "endless interim": "HTTP/1.1 102 Wait\r\n\r\n" * 1000 + "x",
}
CUT = {
    "length": OK + "Content-Length: 100\r\n\r\nabc",
    "chunk": OK + "Transfer-Encoding: chunked\r\n\r\na\r\nabc",
    "no last chunk": OK + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "bad chunk": OK + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX",
}


def cut_short(s, client):
    """Reads an answer that must not look complete."""
    try:
        client.reply()
    except (Failure, EOFError, OSError):
        return
    raise Failure("a cut answer looked complete")


with scenario.start("decrypt all\nallow to any") as s:
    for name, text in BAD.items():
        with s.case(name):
            origin = s.origin(lambda conn, request, text=text:
                              bool(conn.send(text)))
            reply = s.client().get("http://%s/" % origin.at)
            while reply.status == 102:
                break
            same(reply.status in (502, 102), True, reply.start)
    for name, text in CUT.items():
        with s.case("cut: " + name):
            origin = s.origin(lambda conn, request, text=text:
                              bool(conn.send(text)))
            client = s.client()
            client.request("GET", "http://%s/" % origin.at)
            cut_short(s, client)

    # bytes after an answer are no answer to the next request
    origin = s.origin(OK + "Content-Length: 2\r\n\r\nok"
                      + OK + "Content-Length: 4\r\n\r\nevil")
    client = s.client()
    for _ in range(3):
        same(client.get("http://%s/" % origin.at).body, b"ok", "answer")
    holds(len(origin.connections) == 3, "a dirty connection was used again")
