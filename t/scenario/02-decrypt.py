"""curl through CONNECT: the proxy decrypts, curl trusts only the proxy's CA,
the origin is verified and sees an ordinary request."""
from lib import scenario
from lib.expect import absent, holds, same, within

with scenario.start("decrypt all\nallow to any") as s:
    origin = s.origin("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
                      tls="good")
    url = "https://%s/x?y" % origin.named("www.test")

    curl = s.curl(url)
    same((curl.exit, curl.status, curl.connect), (0, 200, 200), curl.errors)
    same(curl.body, b"abc", "body")
    asked = origin.requests[0]
    same(asked.start, "GET /x?y HTTP/1.1", "request line")
    same(asked.all("Host"), [origin.named("www.test")], "Host")
    absent("roxy-", str(asked.fields), "fields of the proxy at the origin")

    # the certificate that the client is shown
    client = s.client()
    shown = client.secure(origin.named("www.test"))
    within(("DNS", "www.test"), shown["subjectAltName"], "SAN")
    same(client.get("/again").body, b"abc", "body on a raw connection")
    holds(client.sock.version() in ("TLSv1.3", "TLSv1.2"), "TLS version")

    # an address literal gets an address in its certificate
    client = s.client()
    shown = client.secure(origin.at)
    within(("IP Address", "127.0.0.1"), shown["subjectAltName"], "SAN of IP")

    # without the CA, curl refuses
    same(s.curl("--cacert", s.pki.ca, url).exit, 60, "curl without our CA")

    s.record(account="alice", method="GET", host="www.test", status=200,
             verdict="allow")
