"""A password of the enterprise does not leave: the request is answered here,
the origin hears nothing, the record says what was found and where."""
from lib import filtered
from lib.expect import absent, same, within
from lib.filtered import form
from lib.proxy import PASSWORD, verb
from urllib.parse import quote

BOBS = "Autumn+2026+leaves"

with filtered.start("credentials block to any label mine\nallow to any",
                    lines=["alice:" + PASSWORD, "Bob:" + BOBS],
                    accounts=("alice", "bob")) as s:
    verb("user", "passwd", "-f", s.proxy.conf, "bob", text=BOBS + "\n")
    s.proxy.wait_log("the account file changed")
    origin = s.origin(tls="good")
    client = s.client()
    client.secure(origin.named("www.test"))
    same(form(client, "/login", "user=x&pass=other+words").status, 200,
         "no password of ours")
    same(len(origin.requests), 1, "requests at the origin")

    reply = form(client, "/login", "user=x&pass=" + quote(PASSWORD))
    same(reply.status, 403, "alice's own")
    same(len(origin.requests), 1, "requests at the origin")
    record = s.record(type="credential")
    same(record["account"], "alice", "who was logged in")
    within("form", record["where"], "where it stood")
    within("mine", str(record), "the rule's label")

    # somebody else's, named in the request
    client = s.client()
    client.secure(origin.named("www.test"))
    same(form(client, "/", "u=BOB&p=" + quote(BOBS)).status, 403, "bob's")
    client = s.client()
    client.secure(origin.named("www.test"))
    same(form(client, "/", '{"a":[{"b":"%s"}]}' % PASSWORD,
              kind="text/plain").status, 403, "inside JSON")
    client = s.client()
    client.secure(origin.named("www.test"))
    same(client.get("/?q=" + quote(PASSWORD)).status, 403, "in the query")
    same(len(origin.requests), 1, "requests at the origin")
    s.proxy.stop()
    for text in (s.proxy.records.raw(), s.proxy.log()):
        absent(PASSWORD, text, "the password")
        absent(quote(PASSWORD), text, "the password")
    shown = verb("incidents", "-f", s.proxy.conf).stdout
    same(len(shown.splitlines()), 5, "a head and four incidents")
    within("bob", shown, "whose password")
    absent(PASSWORD, shown, "the password")
    same(len(verb("incidents", "-f", s.proxy.conf, "-a", "bob",
                  "--json").stdout.splitlines()), 1, "of bob")
    same(verb("incidents", "-f", s.proxy.conf, "-s", "else.test").stdout, "",
         "elsewhere")
