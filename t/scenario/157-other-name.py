"""A client that goes to one name and shows another in its handshake: the place
is the one, the name that is verified and mirrored the other, and what is wrong
there is not hidden. The proxy's own site has its own name and no other."""
import ssl

from lib import scenario
from lib.badpki import BadPki
from lib.expect import same, within

RULES = """decrypt all except { bank.test }
deny to denied.test label "no"
allow to any"""

with scenario.prepare(dns={"one.test": ["127.0.0.7"],
                           "narrow.test": ["127.0.0.1"]}) as s:
    pki = BadPki(s.pki)
    s.configure(RULES).start()
    good = s.origin(tls="good")
    narrow = s.origin(tls=pki.server("narrow", san="DNS:www.test"))
    expired = s.origin(tls="expired")

    def enter(there, host, sni, **more):
        client = s.client(**more)
        same(client.connect(there.named(host)).status, 200, "CONNECT")
        return client, client.tls(sni)

    def ask(client, host):
        client.send("GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % host)
        return client.reply()

    with s.case("looked at, mirrored, and one connection"):
        client, got = enter(good, "www.test", "one.test")
        same(got["subject"], ((("commonName", "good"),),), "mirrored")
        within(("DNS", "one.test"), got["subjectAltName"], "SAN")
        same(len(good.connections), 1, "before the first request")
        same(ask(client, good.named("one.test")).status, 200, "a request")
        same(len(good.connections), 1, "after it: CONNECT's place")
        record = s.record(method="GET", host="one.test")
        same(record["address"], "127.0.0.1:%d" % good.port, "address")
    with s.case("the second asks nobody"):
        enter(good, "www.test", "one.test")
        same(len(good.connections), 1, "connections")
    with s.case("the other place is another entry"):
        s.origin(tls="good", address="127.0.0.7", port=good.port)
        client, got = enter(good, "one.test", "one.test")
        same(ask(client, good.named("one.test")).status, 200, "a request")
        same(len(good.connections), 1, "connections")
    with s.case("a certificate that is not for the name shown"):
        client, got = enter(narrow, "www.test", "other.test")
        same(got["subject"], ((("commonName", "other.test"),),),
             "nothing is mirrored")
        for _ in range(2):
            reply = ask(client, narrow.named("other.test"))
            same(reply.status, 502, "status")
            within("for another name", reply.text(), "why")
        same(narrow.requests, [], "requests")
    with s.case("an expired one"):
        client, got = enter(expired, "www.test", "one.test")
        for host in ("one.test", "www.test"):
            reply = ask(client, expired.named(host))
            same(reply.status, 502, host)
            within("expired", reply.text(), host)
        same(expired.requests, [], "requests")
    with s.case("a name that rules deny isn't looked at"):
        before = len(good.connections)
        client, got = enter(good, "www.test", "denied.test")
        same(len(good.connections), before, "connections")
        same(ask(client, good.named("denied.test")).status, 403, "status")
    with s.case("CONNECT's name says whether it is decrypted"):
        client, got = enter(good, "www.test", "bank.test")
        within("sallyport", dict(x[0] for x in got["issuer"])["commonName"],
               "who signed")
        client = s.client()
        same(client.connect(good.named("bank.test")).status, 200, "CONNECT")
        got = client.tls("www.test", ca=s.pki.ca)
        same(got["subject"], ((("commonName", "good"),),), "a tunnel")

    with s.case("our own site, without a login"):
        client = s.client(user=None)
        same(client.connect("sallyport.internal:443").status, 200, "CONNECT")
        got = client.tls("sallyport.internal")
        same(got["subjectAltName"], (("DNS", "sallyport.internal"),), "SAN")
        same(client.get("/").status, 200, "the setup page")
    for name in ("www.test", "proxy.test", None):
        with s.case("our own site, asked for as %s" % name):
            client = s.client(user=None)
            same(client.connect("sallyport.internal:443").status, 200,
                 "CONNECT")
            context = ssl.create_default_context(cafile=s.proxy.ca)
            context.check_hostname = False
            got = client.tls(name, context=context)
            same(got["subjectAltName"], (("DNS", "sallyport.internal"),),
                 "SAN")
