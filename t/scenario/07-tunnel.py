"""What is not decrypted is passed through to the byte: the client sees the
origin's own certificate, and the half of a connection may close first."""
from lib import scenario
from lib.expect import same

RULES = """decrypt all except { bank.test, port %d }
foreign allow
allow to any"""


def echo(conn):
    """Reads to the end, then sends all of it back."""
    conn.send(conn.rest()[::-1])


with scenario.prepare() as s:
    secure = s.origin(tls="good")
    raw = s.origin(serve=echo)
    s.configure(RULES % raw.port).start()

    bank = client = s.client()
    same(client.connect(secure.named("bank.test")).status, 200, "CONNECT")
    client.tls("bank.test", ca=s.pki.ca)
    client.inside = secure.named("bank.test")
    same(client.get("/").body, b"hello", "through the tunnel")

    # the rest is still decrypted
    client = s.client()
    client.secure(secure.named("www.test"))
    same(client.get("/").body, b"hello", "decrypted")

    # raw bytes; the client ends its half first and still gets the answer
    client = s.client()
    same(client.connect(raw.named("www.test")).status, 200, "CONNECT raw")
    data = bytes(range(256)) * 4096
    client.send(data)
    client.half_close()
    same(client.rest() == data[::-1], True, "a megabyte echoed")

    bank.close()
    client.close()
    record = s.record(method="CONNECT", host="bank.test")
    same(record["account"], "alice", "account of the tunnel")
    same(record["reason"], "ok", "reason")
