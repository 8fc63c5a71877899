"""A login that an origin ties to the connection (NTLM, Negotiate): all legs
and what follows go by one connection, which serves no other client, not even
one of the same account."""
import time

from lib import scenario
from lib.expect import absent, same

ASKS = ("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: %s%s\r\n"
        "Content-Length: 0\r\n\r\n")
TOKENS = {"NTLM": ("TlRMTVNTUAABAAAA", "TlRMTVNTUAADAAAA"),
          "Negotiate": ("TlRMTVNTUAABAAAA", "TlRMTVNTUAADAAAA")}


def serve(conn):
    """A server that knows who it is by the connection alone."""
    state = "nobody"
    while True:
        login = conn.message().get("Authorization")
        scheme, _, token = (login or "").partition(" ")
        if state == "nobody" and token == "TlRMTVNTUAABAAAA":
            state = "asked"
            conn.send(ASKS % (scheme, " TlRMTVNTUAACAAAA"))
            continue
        if state == "asked":
            state = "known" if token == "TlRMTVNTUAADAAAA" else "nobody"
        if state == "known":
            conn.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nknown")
        else:
            conn.send(ASKS % ("NTLM", ""))


with scenario.start("decrypt all\nallow to any") as s:
    for tls in (None, "good"):
        origin = s.origin(serve=serve, tls=tls)
        url = "/" if tls else "http://%s/" % origin.named("www.test")

        def opened():
            client = s.client()
            if tls:
                client.secure(origin.named("www.test"))
            return client

        def leg(client, scheme, token):
            return client.get(url, "Authorization: %s %s\r\n" % (
                scheme, token))

        for scheme, (first, last) in TOKENS.items():
            with s.case("%s, %s" % (scheme, tls)):
                ours, other = opened(), opened()
                same(ours.get(url).status, 401, "no login")
                same(leg(ours, scheme, first).status, 401, "first leg")
                same(other.get(url).status, 401, "another client between")
                reply = leg(ours, scheme, last)
                same((reply.status, reply.body), (200, b"known"), "last leg")
                for _ in range(3):
                    same(other.get(url).status, 401, "another client")
                    same(ours.get(url).status, 200, "known from now on")
                ours.close()
                time.sleep(0.2)
                late = opened()
                same(late.get(url).status, 401, "a client after it")
                absent("known", late.get(url).body.decode(), "its answer")
                late.close()
                other.close()

    with s.case("two at once, leg by leg"):
        origin = s.origin(serve=serve)
        url = "http://%s/" % origin.at
        first, last = TOKENS["NTLM"]
        both = [s.client(), s.client()]
        for token, status in ((first, 401), (last, 200)):
            for client in both:
                same(client.get(url, "Authorization: NTLM %s\r\n"
                                % token).status, status, token)
        for client in both * 2:
            same(client.get(url).status, 200, "both are known")

    with s.case("where no more may be kept, who comes can log in"):
        s.proxy.configure(
            "limit upstream-per-key 1\ndecrypt all\nallow to any")
        s.proxy.reload()
        clients = [s.client() for _ in range(3)]
        for client in clients:
            for token, status in ((first, 401), (last, 200)):
                same(client.get(url, "Authorization: NTLM %s\r\n"
                                % token).status, status, token)
