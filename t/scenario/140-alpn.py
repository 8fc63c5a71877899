"""ALPN: the client is answered what the origin answered, and an origin that
refuses HTTP/1.1 gets a page of its own."""
import subprocess

from lib import scenario
from lib.expect import holds, same
from lib.proxy import PASSWORD
from lib.servers import OpensslServer, which

ANSWER = ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n"
          "\r\nok")
NONE = "No ALPN negotiated"
HTTP1 = "ALPN protocol: http/1.1"

with scenario.start("decrypt all\nallow to any") as s:
    silent = s.origin(ANSWER, tls="good")
    http1 = s.origin(ANSWER, tls="good", alpn=["http/1.1"])
    both = s.origin(ANSWER, tls="good", alpn=["h2", "http/1.1"])
    h2 = s.keep(OpensslServer(s.dir, s.pki.named("good"), "-alpn", "h2"))
    places = {"silent": (silent, "www.test"), "http1": (http1, "two.test"),
              "both": (both, "three.test")}

    def shown(origin, host, offered):
        """What openssl s_client says of ALPN."""
        done = subprocess.run(
            [which("openssl"), "s_client", "-proxy",
             "127.0.0.1:%d" % s.proxy.port, "-proxy_user", "alice",
             "-proxy_pass", "pass:" + PASSWORD, "-connect",
             origin.named(host), "-servername", host, "-CAfile", s.proxy.ca,
             "-verify_return_error"]
            + (["-alpn", offered] if offered else []),
            stdin=subprocess.DEVNULL, capture_output=True, timeout=30,
            check=False)
        text = done.stdout.decode("utf-8", "replace") + \
            done.stderr.decode("utf-8", "replace")
        return [line for line in text.splitlines() if "ALPN" in line
                or "no application protocol" in line]

    for place, offered, want in [
            ("silent", "h2,http/1.1", NONE),
            # the second time the origin is known and not looked at
            ("silent", "h2,http/1.1", NONE),
            ("silent", "", NONE),
            ("http1", "h2,http/1.1", HTTP1),
            ("http1", "h2,http/1.1", HTTP1),
            ("http1", "", NONE),
            ("both", "h2,http/1.1", HTTP1),
            ("both", "http/1.1", HTTP1)]:
        with s.case("%s origin, client offers %s" % (place, offered or "-")):
            same(shown(*places[place], offered), [want], "s_client")
    with s.case("a client that speaks what the origin would not with us"):
        holds("no application protocol"
              in "".join(shown(*places["both"], "h2")), "the alert")
    with s.case("requests go through whatever was answered"):
        for origin, host in places.values():
            client = s.client()
            client.secure(origin.named(host), alpn=["h2", "http/1.1"])
            same(client.get("/").body, b"ok", "body")
            client.close()
    with s.case("an origin that refuses HTTP/1.1"):
        client = s.client()
        client.secure("www.test:%d" % h2.port, alpn=["h2", "http/1.1"])
        same(client.sock.selected_alpn_protocol(), "http/1.1", "for the page")
        reply = client.get("/")
        same(reply.status, 502, "status")
        holds(b"speaks another protocol" in reply.body, "title")
        same(s.record(reason="origin-protocol")["detail"],
             "no common application protocol", "detail")
