"""SIGHUP and `sallyport reload`: new rules hold for the next request on
connections that are open; a file with an error is refused and said, and the
old rules stay; no connection drops."""
from lib import scenario
from lib.expect import same, within
from lib.proxy import verb

OPEN, SHUT = "decrypt all\nallow to any", "decrypt all\ndeny to www.test"

with scenario.start(OPEN, workers=2, trouble=True) as s:
    plain, secure = s.origin(), s.origin(tls="good")
    url = "http://%s/" % plain.named("www.test")
    client, inside = s.client(), s.client()
    inside.secure(secure.named("www.test"))

    def ask():
        return client.get(url).status, inside.get("/").status

    same(ask(), (200, 200), "before")
    s.proxy.configure(SHUT)
    s.proxy.reload()
    same(ask(), (403, 403), "after a reload, on open connections")

    s.proxy.configure("allow to any\nfrobnicate")
    s.proxy.reload("frobnicate")
    same(ask(), (403, 403), "the old rules stay")
    s.proxy.wait_log("proxy.conf:")
    refused = verb("reload", "-f", s.proxy.conf, check=False)
    same(refused.returncode, 1, "exit status of reload")
    within("frobnicate", refused.stdout + refused.stderr, "what it says")

    shut = s.client()
    shut.secure(secure.named("www.test"))
    reply = shut.get("/")
    same((reply.status, reply.get("Connection")), (403, "close"),
         "refused with the CONNECT: the next one is judged anew")

    s.proxy.configure(OPEN)
    same(verb("reload", "-f", s.proxy.conf).returncode, 0, "reload")
    same(ask(), (200, 200), "open again")

    # accounts are read anew, too
    same(s.client("carol").get(url).status, 407, "before she is added")
    s.proxy.add_account("carol")
    verb("reload", "-f", s.proxy.conf)
    same(s.client("carol").get(url).status, 200, "after")
    same(len(plain.connections) > 0, True, "origin was asked")
