"""The certificate that a client is shown repeats what the origin's says: the
names it can be used for, its subject, no more time than it has; with key
usages and key identifiers by which every verifier finds its way."""
import ssl
import subprocess
from lib import scenario
from lib.expect import absent, holds, same, within

NAMES = "DNS:www.test,DNS:*.shop.test,DNS:b%C3%BCcher.test,DNS:WWW2.Test," \
    "IP:127.0.0.1,IP:2001:db8::1,email:me@www.test,URI:http://www.test/," \
    "DNS:a b.test,DNS:xn--bcher-kva.test,DNS:1.2.3.4.5"


def text_of(der):
    done = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout",
                           "-text"], input=der, capture_output=True,
                          check=True)
    return done.stdout.decode()


def seconds(certificate, which):
    return ssl.cert_time_to_seconds(certificate[which])


with scenario.start("decrypt all\nallow to any", workers=2) as s:
    long = ",".join("DNS:n%d.test" % n for n in range(1, 250)) + \
        ",DNS:www.test"
    made = {
        "names": s.pki.leaf("names", san=NAMES),
        "young": s.pki.leaf("young", san="DNS:www.test",
                            start="20260101000000Z", end="20270101120000Z"),
        "many": s.pki.leaf("many", san=long),
        "wild": s.pki.leaf("wild", san="DNS:*.sub.test"),
    }

    def shown(kind, name="www.test", **more):
        origin = s.origin(tls=made[kind])
        client = s.client()
        got = client.secure(origin.named(name), **more)
        return got, text_of(client.sock.getpeercert(True)), origin

    with s.case("names"):
        got, text, origin = shown("names")
        same(got["subjectAltName"],
             (("DNS", "www.test"), ("DNS", "*.shop.test"),
              ("DNS", "www2.test"), ("IP Address", "127.0.0.1"),
              ("IP Address", "2001:DB8:0:0:0:0:0:1"),
              ("DNS", "xn--bcher-kva.test")), "names")
        same(got["subject"], ((("commonName", "names"),),), "subject")
        within("Digital Signature", text, "key usage")
        within("TLS Web Server Authentication", text, "purpose")
        ours = ssl.PEM_cert_to_DER_cert(open(s.proxy.ca).read())
        key_id = text_of(ours).split("Subject Key Identifier:")[1].split()[0]
        within(key_id, text.split("Authority Key Identifier:")[1],
               "the authority's key id")

    with s.case("validity"):
        got, text, origin = shown("young")
        with open(made["young"][0], encoding="ascii") as file:
            theirs = text_of(ssl.PEM_cert_to_DER_cert(file.read()))
        holds(seconds(got, "notAfter") <= ssl.cert_time_to_seconds(
            theirs.split("Not After :")[1].split("\n")[0].strip()),
            "ends with the origin's")
        holds(seconds(got, "notAfter") - seconds(got, "notBefore")
              <= 90 * 86400, "90 days at most")

    with s.case("many names"):
        got, text, origin = shown("many")
        names = [name for _, name in got["subjectAltName"]]
        same(len(names), 100, "names")
        same(names[0], "www.test", "the one asked for, which comes too late "
             "in the origin's")

    with s.case("one leaf for all that a wildcard covers"):
        s.dns.names.update({"a.sub.test": ["127.0.0.1"],
                            "b.sub.test": ["127.0.0.1"]})
        serials = set()
        origin = s.origin(tls=made["wild"])
        for name in ("a.sub.test", "b.sub.test"):
            client = s.client()
            got = client.secure(origin.named(name))
            serials.add(got["serialNumber"])
            same(got["subjectAltName"], (("DNS", "*.sub.test"),), "SAN")
        same(len(serials), 1, "serial numbers")

    with s.case("by address, with a name in the handshake"):
        origin = s.origin(tls=made["names"])
        client = s.client()
        same(client.connect(origin.at).status, 200, "CONNECT")
        got = client.tls("www.test")
        within(("DNS", "*.shop.test"), got["subjectAltName"], "names")
        client.inside = origin.named("www.test")
        same(client.get("/").status, 200, "a request for the name")
        same(len(origin.connections), 1, "connections")

    with s.case("burst"):
        origin = s.origin(tls=made["young"])
        clients = [s.client() for _ in range(8)]
        for client in clients:
            same(client.connect(origin.named("www.test")).status, 200,
                 "CONNECT")
        serials = {client.tls("www.test")["serialNumber"]
                   for client in clients}
        same(len(serials), 1, "serial numbers of one burst")
    absent("no certificate for", s.proxy.log(), "refusals of the signer")
