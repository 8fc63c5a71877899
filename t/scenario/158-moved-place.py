"""A decrypted connection whose name comes to stand for an address that must
not be decrypted: nothing goes there over it, and the next connection is a
tunnel. Whatever the look before the handshake remembers."""
from lib import scenario
from lib.expect import same

RULES = """decrypt all except { 127.0.0.2/32 }
allow to any"""


def once(conn):
    """One answer, then the connection ends: the next request dials."""
    conn.message()
    conn.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
              "Connection: close\r\n\r\nok")


with scenario.prepare() as s:
    s.dns.ttl = 0
    s.configure(RULES).start()
    # more requests than one a connection are answered by several
    open_one = s.origin(tls="good", serve=once)
    closed = s.origin(tls="good", address="127.0.0.2", port=open_one.port)

    def shown(ca=None):
        client = s.client()
        got = client.secure(open_one.named("www.test"), ca=ca)
        return client, got

    with s.case("decrypted, until the name moves"):
        client, got = shown()
        same(client.get("/").status, 200, "there")
        same(client.get("/").status, 200, "there, dialled again")
        s.dns.names["www.test"] = ["127.0.0.2"]
        same(client.get("/").status, 421, "moved")
        client.closed()
        same(closed.connections, [], "nothing went there")
        s.record(method="GET", host="www.test", status=421,
                 reason="misdirected",
                 detail="this address is not to be decrypted: connect again")
    with s.case("the next is a tunnel"):
        client, got = shown(ca=s.pki.ca)
        same(client.get("/").status, 200, "a request")
        same(len(closed.connections), 1, "connections")
    with s.case("one of both addresses is left out"):
        s.dns.names["both.test"] = s.dns.names["www.test"]
        s.dns.names["www.test"] = ["127.0.0.1"]
        client, got = shown()
        same(client.get("/").status, 200, "decrypted again")
        s.dns.names["www.test"] = ["127.0.0.2", "127.0.0.1"]
        same(client.get("/").status, 200, "by the address that may be")
        same(len(closed.connections), 1, "connections")
    with s.case("rules that changed"):
        s.dns.names["www.test"] = ["127.0.0.1"]
        client, got = shown()
        same(client.get("/").status, 200, "before")
        s.proxy.configure("decrypt all except { 127.0.0.0/8 }\nallow to any")
        s.proxy.reload()
        same(client.get("/").status, 421, "after")
        client, got = shown(ca=s.pki.ca)
        same(client.get("/").status, 200, "in a tunnel")
