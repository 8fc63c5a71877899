"""The record: one object a request and one a closed connection, every field
of the schema there, and nothing secret in it nor in the log, ever."""
from lib import scenario
from lib.expect import absent, holds, same
from lib.process import wait_until

SECRETS = ["zebra-cookie", "zebra-bearer", "zebra-body", "zebra-query",
           "zebra-answer", "Basic YWx", "cor:rect"]
FIELDS = """v type time connection account client method host port address rule
verdict status bytes_in bytes_out""".split()

with scenario.start("decrypt all except tunnel.test\ndeny to blocked.test\n"
                    "allow to any") as s:
    answer = ("HTTP/1.1 200 OK\r\nSet-Cookie: zebra-answer\r\n"
              "Content-Length: 5\r\n\r\nhello")
    plain, secure = s.origin(answer), s.origin(answer, tls="good")
    more = ("Cookie: zebra-cookie\r\nAuthorization: Bearer zebra-bearer\r\n"
            "Content-Length: 10\r\n")

    client = s.client()
    client.request("POST", "http://%s/?q=zebra-query" % plain.at, more)
    client.send("zebra-body")
    same(client.reply().status, 200, "plain")
    same(client.get("http://blocked.test/?zebra-query").status, 403, "deny")
    inside = s.client()
    inside.secure(secure.named("www.test"))
    inside.request("POST", "/?q=zebra-query", more)
    inside.send("zebra-body")
    same(inside.reply().status, 200, "decrypted")
    tunnel = s.client()
    tunnel.connect(secure.named("tunnel.test"))
    tunnel.tls("tunnel.test", ca=s.pki.ca)
    s.client(password="zebra-wrong").get("http://%s/" % plain.at)
    s.client(user=None).get("http://%s/" % plain.at,
                            "Proxy-Authorization: Bearer zebra-bearer\r\n")
    bad = s.client()
    bad.send("GET / HTTP/1.1\r\nCookie : zebra-cookie\r\n\r\n")
    bad.reply()
    for one in (client, inside, tunnel, bad):
        one.close()

    records = s.proxy.records
    wait_until(lambda: records.count(method="POST") == 2
               and records.count(status=403) == 1, 10, "the records")
    for record in records.all():
        if record.get("method") == "POST":
            for name in FIELDS:
                with s.case("field " + name):
                    holds(name in record, "%s is not in %r" % (name, record))
    holds("incident" in s.record(status=403), "a refusal has no incident")
    same(s.record(method="POST", host="www.test")["account"], "alice",
         "account inside")
    s.proxy.stop()
    for text, where in ((records.raw(), "record"), (s.proxy.log(), "log")):
        for secret in SECRETS + ["zebra-wrong"]:
            with s.case("%s in the %s" % (secret, where)):
                absent(secret, text, where)
