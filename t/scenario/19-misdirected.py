"""A request inside a decrypted connection whose Host is not the name of its
CONNECT: 421, unless rules and the origin's certificate allow that host too."""
from lib import scenario
from lib.expect import holds, same

RULES = "decrypt all\ndeny to denied.test\nallow to any"

with scenario.start(RULES) as s:
    origin = s.origin(tls="good")
    narrow = s.origin(tls=s.pki.leaf("narrow", san="DNS:www.test"))

    def ask(there, host):
        client = s.client()
        client.secure(there.named("www.test"))
        client.send("GET / HTTP/1.1\r\nHost: %s\r\n\r\n" % host)
        return client.reply().status

    same(ask(origin, origin.named("www.test")), 200, "the same name")
    same(ask(origin, origin.named("WWW.Test.")), 200, "another spelling")
    same(ask(origin, origin.named("denied.test")) in (403, 421), True,
         "a name that rules deny")
    same(ask(narrow, narrow.named("other.test")), 421,
         "a name that is not in the certificate")
    same(ask(origin, "other.example"), 421, "a stranger")
    same(ask(origin, "www.test:1"), 421, "another port")
    holds(all("other.example" not in str(r.fields)
              and "denied" not in str(r.fields) for r in origin.requests),
          "a misdirected request reached the origin")
    # absolute-form inside is judged by its target
    client = s.client()
    client.secure(origin.named("www.test"))
    client.send("GET https://other.example/ HTTP/1.1\r\n"
                "Host: other.example\r\n\r\n")
    same(client.reply().status in (400, 421), True, "absolute-form")
