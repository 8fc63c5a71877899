"""Programs that break off when they are shown our certificate: evidence in
`status --pinned`, and with `bypass learn` a tunnel for that account and name;
not for a computer without our authority, nor for a name that was just used."""
import json
import ssl
from lib import scenario
from lib.expect import absent, same, within
from lib.process import wait_until

RULES = "decrypt all\nallow to any\n"

with scenario.start(RULES + "bypass learn 12h", accounts=("alice", "bob")) as s:
    origin = s.origin(tls="good")

    def get_on(host, **more):
        client = s.client(**more)
        client.secure(origin.named(host))
        same(client.get("/").status, 200, "a request to " + host)
        client.close()

    def issuer_of(host, **more):
        """Who signed what a program is shown that accepts both."""
        client = s.client(**more)
        same(client.connect(origin.named(host)).status, 200, "CONNECT")
        context = ssl.create_default_context(cafile=s.pki.ca)
        context.load_verify_locations(s.proxy.ca)
        client.tls(host, context=context)
        issuer = dict(x[0] for x in client.sock.getpeercert()["issuer"])
        client.close()
        return issuer["commonName"]

    def break_off(host, times, **more):
        for _ in range(times):
            client = s.client(**more)
            same(client.connect(origin.named(host)).status, 200, "CONNECT")
            try:
                # it knows the origin's authority and no other
                client.tls(host, ca=s.pki.ca)
                same(True, False, "it should have broken off")
            except ssl.SSLError as error:
                within("verify failed", str(error), "why")
            client.close()

    def told(host, alerts):
        """Until that many count for alice, and the worker knows of it."""
        wait_until(lambda: ("alice", host, alerts) in hosts(), 10,
                   "%d alerts for %s" % (alerts, host))
        s.proxy.settle()

    def heard():
        """The signer has heard of it, and what it says has come."""
        s.proxy.settle()
        s.proxy.settle()

    def hosts():
        lines = json.loads(s.proxy.status("--pinned", "--json"))["pinned"]
        return sorted((p["account"], p["host"], p["alerts"]) for p in lines)

    with s.case("no evidence before anything was accepted"):
        break_off("one.test", 4)
        same(hosts(), [], "evidence")
    get_on("www.test")
    with s.case("evidence"):
        break_off("one.test", 2)
        told("one.test", 2)
        same(hosts(), [("alice", "one.test", 2)], "evidence")
        within("except { one.test } for user \"alice\"",
               s.proxy.status("--pinned"), "a ready line")
    with s.case("left alone after the third"):
        break_off("one.test", 1)
        told("one.test", 3)
        within("origins", issuer_of("one.test"), "the issuer")
        client = s.client()
        client.secure(origin.named("one.test"), ca=s.pki.ca)
        same(client.get("/").status, 200, "through the tunnel")
        client.close()
        s.record(account="alice", method="CONNECT", host="one.test",
                 detail="not decrypted: its program breaks off")
    with s.case("that account and that name only"):
        absent("origins", issuer_of("one.test", user="bob"), "for bob")
        absent("origins", issuer_of("two.test"), "another name")
    with s.case("not a name that was just used"):
        break_off("www.test", 5)
        heard()
        absent("origins", issuer_of("www.test"), "the issuer")
    with s.case("not on a computer without our authority"):
        for host in ("one.test", "two.test"):
            break_off(host, 4, source="127.0.0.2", user="bob")
        heard()
        absent("origins", issuer_of("one.test", user="bob"), "the issuer")
    with s.case("bypass learn off"):
        s.proxy.configure(RULES)
        s.proxy.reload()
        absent("origins", issuer_of("one.test"), "the issuer")
