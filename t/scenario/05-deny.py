"""A rule says no: a page with the rule and an incident number, over http and
inside the decrypted connection; never an echo of what was sent."""
from lib import scenario
from lib.expect import absent, holds, same, within

RULES = """decrypt all
deny to blocked.test label "no games"
deny to *.test path /secret label "not here"
allow to any"""
ECHO = "X-Probe: <script>zebra</script>\r\nCookie: zebra=1\r\n"


def check_page(reply, label, incident_of):
    same(reply.status, 403, "status")
    within("text/html", reply.get("Content-Type"), "type")
    within("utf-8", reply.get("Content-Type").lower(), "charset")
    page = reply.text()
    within("<title>", page, "title")
    within('<html lang="', page, "language")
    within(label, page, "the rule's label")
    within("alice", page, "the account")
    absent("zebra", page, "an echo")
    absent("<script", page.lower(), "a script")
    within(incident_of["incident"], page, "incident number")
    within("no-store", reply.get("Cache-Control") or "", "Cache-Control")


with scenario.start(RULES) as s:
    origin, secure = s.origin(), s.origin(tls="good")
    client = s.client()
    reply = client.get("http://blocked.test/zebra", ECHO)
    check_page(reply, "no games",
               s.record(verdict="deny", host="blocked.test"))

    # the connection goes on: a refusal is an answer like any other
    same(client.get("http://%s/" % origin.named("www.test")).body, b"hello",
         "after a refusal")

    # a CONNECT that is refused is refused after the handshake
    client = s.client()
    client.secure("blocked.test:443")
    client.request("GET", "/zebra", ECHO)
    check_page(client.reply(), "no games", s.record(
        verdict="deny", host="blocked.test", port=443, method="GET"))

    # and one request of a decrypted connection, among others
    client = s.client()
    client.secure(secure.named("www.test"))
    same(client.get("/open").status, 200, "allowed path")
    for path in ("/secret", "/secret/a", "/%73ecret", "/x/../secret",
                 "/secret?q", "/./secret"):
        with s.case(path):
            reply = client.get(path)
            same(reply.status, 403, path)
            within("not here", reply.text(), "label")
    same(client.get("/secrets").status, 200, "another segment")
    holds(all("secret?" not in r.start and "ecret " not in r.start
              for r in secure.requests), "a denied path reached the origin")

    # HEAD: the same head, no body
    client = s.client()
    client.request("HEAD", "http://blocked.test/")
    same(client.reply("HEAD").status, 403, "HEAD")
    same(client.get("http://%s/" % origin.at).body, b"hello", "after HEAD")
