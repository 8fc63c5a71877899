"""The certificates that clients are shown: for the very name, on a key of
their own, valid for at most 90 days from yesterday; one name, one certificate,
also on the other worker; sessions are resumed wherever they come to."""
import datetime
import ssl
import subprocess
from lib import scenario
from lib.expect import holds, same, within


def facts(der):
    done = subprocess.run(["openssl", "x509", "-inform", "DER", "-noout",
                           "-text"], input=der, capture_output=True,
                          check=True)
    return done.stdout.decode()


with scenario.start("decrypt all\nallow to any", workers=2) as s:
    origin = s.origin(tls=s.pki.leaf(
        "three", start="20200101000000Z", end="20401231000000Z", san=
                      "DNS:www.test,DNS:one.test,IP:127.0.0.1"))

    def shown(target, **more):
        client = s.client()
        certificate = client.secure(target, **more)
        return certificate, client.sock.getpeercert(True)

    one, der = shown(origin.named("www.test"))
    text = facts(der)
    same(one["subjectAltName"], (("DNS", "www.test"), ("DNS", "one.test"),
                                 ("IP Address", "127.0.0.1")), "SAN")
    within("prime256v1", text, "curve")
    within("CA:FALSE", text, "no authority")
    within("TLS Web Server Authentication", text, "purpose")
    with open(s.proxy.ca, encoding="ascii") as file:
        ca = facts(ssl.PEM_cert_to_DER_cert(file.read()))
    key = text.split("pub:")[1].split("ASN1")[0]
    holds(key not in ca, "a leaf has the key of the CA")

    now = datetime.datetime.now(datetime.timezone.utc)
    times = [datetime.datetime.fromtimestamp(
        ssl.cert_time_to_seconds(one[n]), datetime.timezone.utc)
        for n in ("notBefore", "notAfter")]
    holds(times[0] < now - datetime.timedelta(hours=1), "backdated")
    holds(datetime.timedelta(30) < times[1] - now
          <= datetime.timedelta(91), "validity")

    same({shown(origin.named("www.test"))[1] for _ in range(8)}, {der},
         "one name, one certificate, on both workers")
    same(shown(origin.named("one.test"))[1], der, "another name of it")
    same(shown(origin.at)[1], der, "an address of it")
    nowhere = shown("nowhere.test:1")[0]
    same(nowhere["subjectAltName"], (("DNS", "nowhere.test"),),
         "a name of which nothing is known")
    times = [datetime.datetime.fromtimestamp(
        ssl.cert_time_to_seconds(nowhere[n]), datetime.timezone.utc)
        for n in ("notBefore", "notAfter")]
    holds(datetime.timedelta(30) < times[1] - now
          <= datetime.timedelta(91), "its validity")

    # resumption, over TLS 1.2 and 1.3, on whatever worker
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        with s.case(version.name):
            context = ssl.create_default_context(cafile=s.proxy.ca)
            context.maximum_version = version
            session, reused = None, 0
            for _ in range(8):
                client = s.client()
                target = origin.named("www.test")
                same(client.connect(target).status, 200, "CONNECT")
                client.sock = context.wrap_socket(
                    client.sock, server_hostname="www.test",
                    session=session)
                client.inside = target
                same(client.get("/").status, 200, "a request")
                reused += client.sock.session_reused
                session = client.sock.session
            same(reused, 7, "resumed of eight")
