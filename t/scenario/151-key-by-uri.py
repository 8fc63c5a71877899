"""An authority's key by its URI: OpenSSL's own provider, which reads files,
stands for all of them. Its key is at hand, so all leaves are the same."""
import os
from lib import scenario
from lib.expect import holds, same, within
from lib.proxy import verb

with scenario.prepare() as s:
    s.configure("decrypt all\nallow to any", trouble=True)
    origin = s.origin(tls="good")

    def key_is(words):
        s.proxy.configure("decrypt all\nallow to any")
        text = open(s.proxy.conf, encoding="utf-8").read()
        s.proxy.write("proxy.conf", text.replace('key "ca.key"', words))

    def leaf():
        client = s.client()
        client.secure(origin.named("www.test"))
        same(client.get("/").status, 200, "a request")
        return client.sock.getpeercert(True)

    def fails(uri, provider, words):
        key_is('key "%s" provider "%s"' % (uri, provider))
        done = verb("run", "-f", s.proxy.conf, check=False)
        holds(done.returncode != 0, "it started")
        within(words, done.stderr, "words")

    uri = "file:" + s.path("ca.key")
    os.chmod(s.path("ca.key"), 0o644)  # opened by the signer's account

    with s.case("what can't be"):
        fails(uri, "nonesuch", "be loaded")
        fails("nonesuch:key", "default", "be opened")
        fails("file:" + s.path("ca.crt"), "default", "no private key")
        fails("file:" + s.path("none"), "default", "be opened")

    with s.case("another's key"):
        verb("ca", "init", "-d", s.path("other"))
        os.chmod(s.path("other", "ca.key"), 0o644)
        fails("file:" + s.path("other", "ca.key"), "default",
              "does not belong to its certificate")

    with s.case("it signs"):
        key_is('key "%s" provider "default"' % uri)
        s.proxy.start()
        first = leaf()
        s.proxy.reload()
        same(leaf(), first, "after a reload")

    with s.case("to a file and back"):
        key_is('key "ca.key"')
        os.chmod(s.path("ca.key"), 0o600)
        s.proxy.reload()
        same(leaf(), first, "by another way")
        key_is('key "%s" provider "default"' % uri)
        s.proxy.reload()
        same(leaf(), first, "the key was kept")
        key_is('key "file:%s" provider "default"' % s.path("else"))
        s.proxy.reload("takes a restart")
        same(leaf(), first, "the one before")

    with s.case("below a root"):
        os.chmod(s.path("ca.key"), 0o644)
        done = verb("ca", "init", "-d", s.path("below"), "--root", "-k", uri,
                    "-P", "default")
        within("(provider default)", done.stdout, "where the key is")
        within("\nroot ", done.stdout, "the root")
        holds(os.path.exists(s.path("below", "ca.crt.root.key")),
              "the root's key")
