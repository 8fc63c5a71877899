"""An origin whose certificate is no good: a page of 502 inside the decrypted
connection that says why in plain words; no request is sent."""
from lib import scenario
from lib.expect import same, within
from lib.servers import OpensslServer

BAD = [
    ("expired", "expired"),
    ("future", "not valid yet"),
    ("wrong-name", "name"),
    ("unknown-ca", "authority"),
    ("self-signed", "sign"),
]

with scenario.start("decrypt all\nallow to any") as s:
    for kind, words in BAD:
        with s.case(kind):
            origin = s.origin(tls=kind)
            client = s.client()
            client.secure(origin.named("www.test"))
            reply = client.get("/")
            same(reply.status, 502, "status")
            within("text/html", reply.get("Content-Type"), "type")
            within(words, reply.text(), "why, in words")
            within("www.test", reply.text(), "the host")
            same(origin.requests, [], "at the origin")

    with s.case("no TLS at the origin"):
        origin = s.origin(serve=lambda conn: conn.send("220 hello\r\n"))
        client = s.client()
        client.secure(origin.named("www.test"))
        same(client.get("/").status, 502, "status")
    with s.case("TLS 1.1 only"):
        old = s.keep(OpensslServer(
            s.dir, s.pki.named("good"), "-tls1_1", "-cipher",
            "DEFAULT:@SECLEVEL=0"))
        client = s.client()
        client.secure("www.test:%d" % old.port)
        same(client.get("/").status, 502, "status")
    for option in ("-tls1_2", "-tls1_3"):
        with s.case(option):
            server = s.keep(OpensslServer(
                s.dir, s.pki.named("good"), option))
            client = s.client()
            client.secure("www.test:%d" % server.port)
            same(client.get("/").status, 200, "status")
