"""The origin is looked at before the client's handshake goes on, once: a
second connection asks nobody; what fails is told inside, to one request."""
from lib import scenario
from lib.expect import same, within
from lib.process import free_port

RULES = """decrypt all except { 127.0.0.2/32, 127.0.0.3/32 }
deny to 127.0.0.3/32 label "third"
deny to www.test method POST label "no-post"
allow to any"""

with scenario.start(RULES) as s:
    with s.case("the look and the request share a connection"):
        origin = s.origin(tls="good")
        client = s.client()
        client.secure(origin.named("www.test"))
        same(len(origin.connections), 1, "before the first request")
        same(origin.requests, [], "requests before the first")
        same(client.get("/").status, 200, "the first request")
        same(len(origin.connections), 1, "after it")

    with s.case("the second connection asks nobody"):
        second = s.client()
        second.secure(origin.named("www.test"))
        same(len(origin.connections), 1, "after its handshake")
        same(second.get("/").status, 200, "its request")
        same(len(origin.connections), 1, "connections in all")

    with s.case("nobody there, then somebody"):
        port = free_port()
        client = s.client()
        client.secure("www.test:%d" % port)
        reply = client.get("/")
        same(reply.status, 502, "status")
        within("can&#39;t be reached", reply.text().replace("'", "&#39;"),
               "in words")
        origin = s.origin(tls="good", port=port)
        same(client.get("/").status, 200, "the next request")
        s.record(method="GET", host="www.test", port=port, status=502,
                 reason="connect-failed")

    with s.case("no such name"):
        client = s.client()
        client.secure("nowhere.test:443")
        same(client.get("/").status, 502, "status")

    with s.case("a certificate that is no good, once more and once more"):
        origin = s.origin(tls="expired")
        for _ in range(2):
            client = s.client()
            got = client.secure(origin.named("www.test"))
            same(got["subjectAltName"], (("DNS", "www.test"),),
                 "nothing of it is repeated")
            for _ in range(2):
                reply = client.get("/")
                same(reply.status, 502, "status")
                within("expired", reply.text(), "in words")
        same(origin.requests, [], "requests")

    with s.case("an origin that is silent in its handshake"):
        origin = s.origin(serve=lambda conn: conn.until(b"\0never"))
        client = s.client()
        same(client.connect(origin.named("www.test")).status, 200, "CONNECT")
        client.close()  # the client gives up: nothing is left behind

    with s.case("an address that must stay closed, known by its name only"):
        s.dns.names["www.test"] = ["127.0.0.1"]
        s.dns.names["bank.test"] = ["127.0.0.2"]
        origin = s.origin(tls="good", address="127.0.0.2")
        client = s.client()
        got = client.secure(origin.named("bank.test"), ca=s.pki.ca)
        same(got["subject"], ((("commonName", "good"),),),
             "the origin's own certificate")
        same(client.get("/").status, 200, "a request in the tunnel")
        same(len(origin.connections), 1, "connections")
        client.close()
        record = s.record(method="CONNECT", host="bank.test")
        same(record["verdict"], "allow", "verdict")

    with s.case("the same, denied: never decrypted, never dialled"):
        s.dns.names["denied.test"] = ["127.0.0.3"]
        origin = s.origin(tls="good", address="127.0.0.3")
        for _ in range(2):
            client = s.client()
            client.secure(origin.named("denied.test"))
            reply = client.get("/")
            same(reply.status, 403, "status")
            within("third", reply.text(), "the rule")
            client.closed()
        same(len(origin.connections), 0, "connections")

    with s.case("a denial that only the request shows"):
        origin = s.origin(tls="good")
        client = s.client()
        client.secure(origin.named("www.test"))
        client.request("POST", "/", body="x")
        same(client.reply().status, 403, "POST")
        same(client.get("/").status, 200, "GET")

    with s.case("a connection that was looked at and has died since"):
        state = {"n": 0}

        def first_dies(conn):
            state["n"] += 1
            if state["n"] == 1:
                return  # closed right after the handshake
            conn.message()
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        origin = s.origin(tls="good", serve=first_dies)
        client = s.client()
        client.secure(origin.named("www.test"))
        same(client.get("/").status, 200, "on another connection")
