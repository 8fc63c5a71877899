"""Requests that two parsers could read differently: each gets 400 (or 501,
505) and the connection closed, and not a byte reaches the origin."""
from lib import scenario
from lib.expect import holds, same

GET, POST = "GET {url} HTTP/1.1\r\n", "POST {url} HTTP/1.1\r\n"
HOST = "Host: {at}\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
NEXT = "GET {url}smuggled HTTP/1.1\r\nHost: {at}\r\n\r\n"

CASES = {
    "length with coding": POST + HOST + "Content-Length: 4\r\n" + CHUNKED
    + "\r\n0\r\n\r\n",
    "coding with length": POST + HOST + CHUNKED + "Content-Length: 4\r\n"
    + "\r\n0\r\n\r\n",
    "two lengths": POST + HOST + "Content-Length: 3\r\n"
    "Content-Length: 4\r\n\r\nabcd",
    "two equal lengths": POST + HOST + "Content-Length: 3\r\n"
    "Content-Length: 3\r\n\r\nabc",
    "list of lengths": POST + HOST + "Content-Length: 3, 3\r\n\r\nabc",
    "length with sign": POST + HOST + "Content-Length: +3\r\n\r\nabc",
    "negative length": POST + HOST + "Content-Length: -3\r\n\r\nabc",
    "hex length": POST + HOST + "Content-Length: 0x3\r\n\r\nabc",
    "length with blank": POST + HOST + "Content-Length: 1 0\r\n\r\nabc",
    "empty length": POST + HOST + "Content-Length: \r\n\r\nabc",
    "huge length": POST + HOST + "Content-Length: 18446744073709551619\r\n"
    "\r\nabc",
    "chunked twice": POST + HOST + CHUNKED + CHUNKED + "\r\n0\r\n\r\n",
    "chunked, chunked": POST + HOST
    + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked not last": POST + HOST
    + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "identity": POST + HOST + "Transfer-Encoding: identity\r\n\r\n",
    "xchunked": POST + HOST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "quoted chunked": POST + HOST
    + 'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "vertical tab": POST + HOST
    + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "coding in 1.0": POST.replace("1.1", "1.0") + HOST + CHUNKED
    + "\r\n0\r\n\r\n",
    "space before colon": POST + HOST + "Content-Length : 3\r\n\r\nabc",
    "tab before colon": POST + HOST + "Content-Length\t: 3\r\n\r\nabc",
    "obs-fold": GET + HOST + "X-A: 1\r\n Content-Length: 3\r\n\r\n",
    "first line folded": GET + " X: 1\r\n" + HOST + "\r\n",
    "bare CR": GET + HOST + "X-A: 1\rX-B: 2\r\n\r\n",
    "bare LF": GET + "Host: {at}\nX-A: 1\r\n\r\n",
    "bare LF at the end": GET + HOST + "\n",
    "NUL in a value": GET + HOST + "X-A: a\0b\r\n\r\n",
    "NUL in a name": GET + HOST + "X\0A: b\r\n\r\n",
    "no colon": GET + HOST + "just words\r\n\r\n",
    "empty name": GET + HOST + ": x\r\n\r\n",
    "name with blank": GET + HOST + "X A: b\r\n\r\n",
    "two Hosts": GET + HOST + "Host: other.test\r\n\r\n",
    "no Host": GET + "\r\n",
    "Host is another": GET + "Host: other.test\r\n\r\n",
    "Host with user": GET + "Host: a@{at}\r\n\r\n",
    "Host list": GET + "Host: {at}, other.test\r\n\r\n",
    "user in the target": "GET http://a:b@{at}/ HTTP/1.1\r\n" + HOST + "\r\n",
    "fragment": "GET {url}#x HTTP/1.1\r\n" + HOST + "\r\n",
    "blank in the target": "GET {url}a b HTTP/1.1\r\n" + HOST + "\r\n",
    "tab after the method": "GET\t{url} HTTP/1.1\r\n" + HOST + "\r\n",
    "two blanks": "GET  {url} HTTP/1.1\r\n" + HOST + "\r\n",
    "version 1.2 with blank": "GET {url} HTTP/1.1 \r\n" + HOST + "\r\n",
    "version 2.0": "GET {url} HTTP/2.0\r\n" + HOST + "\r\n",
    "version 0.9": "GET {url}\r\n\r\n",
    "version lower case": "GET {url} http/1.1\r\n" + HOST + "\r\n",
    "another protocol": "GET {url} ICY/1.1\r\n" + HOST + "\r\n",
    "method with colon": "GE:T {url} HTTP/1.1\r\n" + HOST + "\r\n",
    "chunk size sign": POST + HOST + CHUNKED + "\r\n+3\r\nabc\r\n0\r\n\r\n",
    "chunk size 0x": POST + HOST + CHUNKED + "\r\n0x3\r\nabc\r\n0\r\n\r\n",
    "chunk size overflow": POST + HOST + CHUNKED
    + "\r\n10000000000000003\r\nabc\r\n0\r\n\r\n",
    "chunk size empty": POST + HOST + CHUNKED + "\r\n;a\r\nabc\r\n",
    "chunk without CRLF": POST + HOST + CHUNKED + "\r\n3\r\nabcX0\r\n\r\n",
    "chunk ends in LF": POST + HOST + CHUNKED + "\r\n3\nabc\r\n0\r\n\r\n",
    "HTTP/2 preface": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}
BODIES = ("chunk",)  # of these the head is fine and may have been sent on

with scenario.start("decrypt all\nallow to any") as s:
    secure = s.origin(tls="good")
    for name, text in CASES.items():
        with s.case(name):
            origin = s.origin()
            client = s.client()
            text = text.format(url="http://%s/" % origin.at, at=origin.at)
            first, _, rest = text.partition("\r\n")
            client.send(first + "\r\n" + client.login + rest
                        if ":" in rest else text)
            client.send(NEXT.format(url="http://%s/" % origin.at,
                                    at=origin.at))
            reply = client.reply()
            holds(reply.status in (400, 501, 505), reply.start)
            client.rest()
            holds(not any("smuggled" in r.start for r in origin.requests),
                  "the next request came through")
            if not name.startswith(BODIES):
                same(len(origin.connections), 0, "connections to the origin")
            origin.close()

    # the same inside a decrypted connection
    for name in ("length with coding", "two lengths", "obs-fold", "bare CR"):
        with s.case(name + ", decrypted"):
            client = s.client()
            at = secure.named("www.test")
            client.secure(at)
            client.send(CASES[name].format(url="/", at=at))
            same(client.reply().status, 400, name)
            client.rest()
    same(secure.requests, [], "at the secure origin")
