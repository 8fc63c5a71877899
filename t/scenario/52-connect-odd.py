"""CONNECT in every odd form: targets that are none, a body, bytes that come
along with it, and what HTTP/1.0 may do."""
from lib import scenario
from lib.expect import holds, same

BAD = ["www.test", "www.test:", "www.test:0", "www.test:65536",
       "www.test:-1", "www.test:80x", "http://www.test:80", "/",
       "www.test:443/", "user@www.test:443", "*", ":443", "[::1:443",
       "www.test:443:443"]

with scenario.start("decrypt all except tunnel.test\nallow to any") as s:
    for target in BAD:
        with s.case(target):
            client = s.client()
            client.send("CONNECT %s HTTP/1.1\r\nHost: www.test\r\n%s\r\n" % (
                target, client.login))
            same(client.reply().status, 400, target)
            client.closed()
    with s.case("a length"):
        client = s.client()
        client.send("CONNECT www.test:443 HTTP/1.1\r\nHost: www.test:443\r\n"
                    "Content-Length: 5\r\n%s\r\nhello" % client.login)
        status = int(client.until(b"\r\n").split()[1])
        holds(status in (200, 400), "status %d" % status)
    origin = s.origin()
    with s.case("1.0"):
        client = s.client()
        client.send("CONNECT %s HTTP/1.0\r\n%s\r\n" % (
            origin.named("tunnel.test"), client.login))
        head = client.until(b"\r\n\r\n")
        holds(b" 200 " in head, "answer %r" % head)
        holds(b"ontent-Length" not in head and b"ransfer-Enc" not in head,
              "a 2xx to CONNECT has no body: %r" % head)
        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        same(client.reply().body, b"hello", "through it")
    with s.case("bytes that come along"):
        # a client that doesn't wait for the answer
        client = s.client()
        target = origin.named("tunnel.test")
        client.send("CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s\r\n"
                    "GET / HTTP/1.1\r\nHost: x\r\n\r\n" % (
                        target, target, client.login))
        holds(b" 200 " in client.until(b"\r\n\r\n"), "answer")
        same(client.reply().body, b"hello", "what came along went through")
