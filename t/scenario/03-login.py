"""Who may use the proxy: 407 with a realm for everything that is no right
login, over plain requests and over CONNECT; nothing reaches the origin."""
import base64
from lib import scenario
from lib.client import basic
from lib.expect import same, within
from lib.proxy import PASSWORD


def field(word):
    return "Proxy-Authorization: %s\r\n" % word


def encoded(text):
    return field("Basic " + base64.b64encode(text.encode()).decode())


WRONG = [
    ("no login", ""),
    ("wrong password", basic("alice", "wrong")),
    ("unknown account", basic("nobody", PASSWORD)),
    ("empty password", basic("alice", "")),
    ("no colon", encoded("alice")),
    ("no account", encoded(":" + PASSWORD)),
    ("password cut at its colon", basic("alice", PASSWORD.split(":")[0])),
    ("not base64", field("Basic !!!!")),
    ("another scheme", field("Bearer abcdef")),
    ("two fields", basic("alice", "wrong") + basic("alice", PASSWORD)),
    ("NUL in the password", encoded("alice:" + PASSWORD + "\0x")),
]

with scenario.start('realm "the gate"\nlimit login-failures 1000\n'
                    "decrypt all\nallow to any") as s:
    origin = s.origin()
    for name, login in WRONG:
        with s.case(name):
            client = s.client(user=None)
            reply = client.get("http://%s/" % origin.at, login)
            same(reply.status in (407, 400) if "two" in name or "NUL" in name
                 else reply.status == 407, True, reply.start)
        with s.case(name + ", CONNECT"):
            client = s.client(user=None)
            reply = client.connect("www.test:443", login)
            same(reply.status in (400, 407), True, reply.start)
    same(len(origin.connections), 0, "connections to the origin")

    reply = s.client(user=None).get("http://%s/" % origin.at)
    within('Basic realm="the gate"', reply.get("Proxy-Authenticate"), "realm")

    # right: any case of the scheme, a password with a colon and a blank,
    # and a second try on the connection that was refused
    client = s.client(user=None)
    same(client.get("http://%s/" % origin.at).status, 407, "first try")
    login = basic("alice", PASSWORD).replace("Basic", "bAsIC")
    same(client.get("http://%s/" % origin.at, login).status, 200, "second")
    same(s.client().get("http://%s/" % origin.at).status, 200, "remembered")
    for request in origin.requests:
        same(request.get("Proxy-Authorization"), None, "sent on")
