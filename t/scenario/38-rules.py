"""Rules of every condition, on the requests of a decrypted connection: user,
group, method, path, port, list file, report; first match decides."""
from lib import scenario
from lib.expect import same, within

RULES = """group staff { alice, "dev-*" }
decrypt all
deny method { PUT, DELETE } to www.test label "read only"
deny not group staff to staff.test label "staff only"
allow to file "good.txt"
report user alice to trial.test label "on trial"
deny to file "bad.txt" label "listed"
deny to *.sub.test
allow to any"""
CASES = [
    # account, name, method, status, label
    ("alice", "www.test", "GET", 200, None),
    ("alice", "www.test", "PUT", 403, "read only"),
    ("alice", "WWW.TEST.", "DELETE", 403, "read only"),
    ("alice", "staff.test", "GET", 200, None),
    ("dev-7", "staff.test", "GET", 200, None),
    ("bob", "staff.test", "GET", 403, "staff only"),
    ("bob", "fine.test", "GET", 200, None),
    ("bob", "bad.test", "GET", 403, "listed"),
    ("bob", "a.sub.test", "GET", 403, "proxy.conf:"),
    ("bob", "sub.test", "GET", 200, None),
    ("alice", "trial.test", "GET", 200, None),
]

with scenario.prepare(dns={"a.sub.test": ["127.0.0.1"]}) as s:
    proxy = s.configure("allow to any", accounts=("alice", "bob", "dev-7"))
    proxy.write("bad.txt", "# a list\nbad.test\nfine.test\n203.0.113.0/24\n")
    proxy.write("good.txt", "fine.test\n")
    proxy.configure(RULES)
    proxy.start()
    origin, secure = s.origin(), s.origin(tls="good")
    for account, name, method, status, label in CASES:
        for there in (origin, secure):
            with s.case("%s %s %s %s" % (
                    account, method, name, "https" if there is secure
                    else "http")):
                client = s.client(account)
                url = "http://%s/" % there.named(name)
                if there is secure:
                    client.secure(there.named(name))
                    url = "/"
                client.request(method, url)
                reply = client.reply()
                same(reply.status, status, "status")
                if label:
                    within(label, reply.text(), "label on the page")
    record = s.record(host="trial.test", method="GET", status=200)
    within("on trial", str(record), "a report rule in the record")
