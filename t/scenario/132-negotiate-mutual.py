"""The proxy proves who it is, too: the last token of a login comes with the
answer, whatever that is, once, and a client that asks for it can check it."""
import os
import subprocess
from lib import scenario
from lib.expect import holds, same
from lib.gss import Negotiation
from lib.kdc import Kdc
from lib.servers import which

with scenario.prepare() as s:
    kdc = s.keep(Kdc(s.path("kdc")))
    s.configure('authenticate negotiate keytab "%s" basic realm "corp"\n'
                "decrypt none\ndeny to denied.test\nallow to any"
                % kdc.keytab, accounts=()).start()
    origin = s.origin("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
                      "Proxy-Authenticate: Negotiate b3JpZ2lu\r\n\r\nhi")
    allowed = "http://%s/" % origin.named("www.test")
    denied = "http://%s/" % origin.named("denied.test")
    env = kdc.login("alice")
    os.environ.update(env)

    def log_in(ask, status):
        client, login = s.client(user=None), Negotiation("HTTP@proxy.test")
        reply = ask(client, login.field())
        same(reply.status, status, reply.start)
        login.take(reply)
        return client

    def early(client, field):
        client.request("GET", allowed, field)
        reply = client.message(bodiless=True)
        same(reply.status, 103, reply.start)
        same(reply.get("Proxy-Authenticate"), None, "with a hint")
        return client.reply()

    with s.case("an answer of the origin"):
        client = log_in(early, 200)
        client.request("GET", allowed)
        same(client.message(bodiless=True).status, 103, "a hint")
        same(client.reply().get("Proxy-Authenticate"), None, "once")
    with s.case("a refusal"):
        log_in(lambda c, f: c.get(denied, f), 403)
    with s.case("CONNECT"):
        log_in(lambda c, f: c.connect(origin.named("www.test"), f), 200)
    with s.case("nobody answers there"):
        log_in(lambda c, f: c.get("http://127.0.0.1:9/", f), 502)
    with s.case("a token of somebody else"):
        client, login = s.client(user=None), Negotiation("HTTP@proxy.test")
        reply = client.get(denied, login.field())
        try:
            Negotiation("HTTP@proxy.test").take(reply)
        except AssertionError:
            pass
        else:
            raise AssertionError("a stranger's token was taken")

    # curl takes it as it comes; it brings a fresh ticket with each request
    done = subprocess.run(
        [which("curl"), "-q", "-sS", "-v", "--noproxy", "", "-x",
         "http://proxy.test:%d" % s.proxy.port, "--resolve",
         "proxy.test:%d:127.0.0.1" % s.proxy.port, "--proxy-negotiate",
         "--proxy-user", ":", allowed, allowed],
        env=env, capture_output=True, check=False, timeout=30)
    same(done.stdout, b"hihi", done.stderr.decode())
    text = done.stderr.decode()
    holds(text.count("< Proxy-Authenticate: Negotiate ") == 2, text)
