"""One client connection that changes its login, as one behind a shared proxy
does: what comes behind a CONNECT is of the account that opened it, and a
password that is wrong opens nothing."""
from lib import scenario
from lib.client import basic
from lib.expect import same
from lib.proxy import PASSWORD

RULES = """decrypt all
deny user bob to www.test
allow to any"""

with scenario.start(RULES, accounts=("alice", "bob")) as s:
    plain = s.origin()
    secure = s.origin(tls="good")
    at = secure.named("www.test")

    client = s.client("alice")
    same(client.get("http://%s/" % plain.at).status, 200, "alice")
    client.login = basic("bob", PASSWORD)
    client.secure(at)
    same(client.get("/").status, 403, "bob, inside")
    s.record(account="bob", method="GET", host="www.test", status=403)

    client = s.client("bob")
    same(client.get("http://%s/" % plain.at).status, 200, "bob")
    client.login = basic("alice", PASSWORD)
    client.secure(at)
    same(client.get("/").status, 200, "alice, inside")
    s.record(account="alice", method="GET", host="www.test", status=200)

    client = s.client("alice")
    same(client.get("http://%s/" % plain.at).status, 200, "alice")
    client.login = basic("alice", "wrong")
    same(client.connect(at).status, 407, "a wrong password")
    client.login = ""
    same(client.connect(at).status, 407, "no password")
