"""A connection to an origin belongs to one account: bob never gets one that
alice opened, plain or decrypted, whatever is idle."""
from lib import scenario
from lib.expect import same

with scenario.start("decrypt all\nallow to any",
                    accounts=("alice", "bob")) as s:
    def which(conn, request):
        body = str(conn.number)
        conn.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (
            len(body), body))

    for tls in (None, "good"):
        origin = s.origin(which, tls=tls)
        used = {"alice": set(), "bob": set()}
        for user in ("alice", "bob", "alice", "bob", "bob", "alice"):
            client = s.client(user)
            url = "http://%s/" % origin.at
            if tls:
                client.secure(origin.named("www.test"))
                url = "/"
            used[user].add(client.get(url).body)
            client.close()
        same(used["alice"] & used["bob"], set(), "connections of both")
        if not tls:
            same({u: len(c) for u, c in used.items()},
                 {"alice": 1, "bob": 1}, "each account's own is used again")

    # one client connection that changes its login keeps them apart, too
    client = s.client("alice")
    origin = s.origin(which)
    mine = client.get("http://%s/" % origin.at).body
    client.login = s.client("bob").login
    same(client.get("http://%s/" % origin.at).body != mine, True,
         "the upstream after a change of account")
