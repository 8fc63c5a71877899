"""An authority under a root is changed for another under the same root: what
people installed stays good, and nothing is shown as if it were new."""
import os
from lib import scenario
from lib.expect import absent, holds, same, within
from lib.proxy import verb


with scenario.prepare() as s:
    s.configure("decrypt all\nallow to any")
    origin = s.origin(tls="good")
    for name in ("ca.crt", "ca.key"):
        os.unlink(s.path(name))
    verb("ca", "init", "-f", s.proxy.conf, "--root")
    s.proxy.start()
    root, stick = s.path("ca.crt.root"), s.path("stick")
    os.mkdir(stick)
    os.rename(s.path("ca.key.root"), os.path.join(stick, "root.key"))

    def rotate(word, *more, **options):
        return verb("ca", "rotate", word, "-f", s.proxy.conf, *more,
                    **options)

    def ask(path):
        client = s.client(user=None)
        client.inside = "127.0.0.1:%d" % s.proxy.port
        return client.get(path)

    def works():
        client = s.client()
        client.secure(origin.named("www.test"), ca=root)
        same(client.get("/").status, 200, "a request")
        return dict(x[0] for x in client.sock.getpeercert()["issuer"])

    def read(name):
        with open(s.path(name), encoding="ascii") as file:
            return file.read()

    first = works()

    with s.case("without the root's key"):
        done = rotate("start", check=False)
        same(done.returncode, 1, "the status")
        within("the root's key is not there", done.stderr, "why")
        within("--standalone", done.stderr, "what else")
        holds(not os.path.exists(s.path("ca.crt.next")), "files were made")

    with s.case("another root's key"):
        verb("ca", "init", "-d", s.path("other"), "--root")
        done = rotate("start", "-u", s.path("other", "ca.key.root"),
                      check=False)
        within("does not belong to its certificate", done.stderr, "why")
        holds(not os.path.exists(s.path("ca.crt.next")), "files were made")

    with s.case("start"):
        rotate("start", "--under", os.path.join(stick, "root.key"))
        holds(read("ca.crt.next").endswith(read("ca.crt.root")), "the root")
        s.proxy.reload()
        same(works(), first, "who signs")
        absent("take this one", ask("/").text(), "nothing to install")

    with s.case("switch"):
        rotate("switch")
        s.proxy.reload()
        holds(works() != first, "the other signs")
        same(ask("/ca.pem").body.decode(), read("ca.crt.root"), "the root")
        holds(os.path.exists(s.path("ca.crt.crl")), "the root's CRL stays")
        holds(not os.path.exists(s.path("ca.crt.old.crl")), "and isn't moved")

    with s.case("end"):
        rotate("end")
        s.proxy.reload()
        works()
        holds(os.path.exists(s.path("ca.crt.crl")), "the root's CRL stays")

    with s.case("under no root"):
        rotate("start", "--standalone")
        same(read("ca.crt.next").count("BEGIN"), 1, "certificates")
        s.proxy.reload()
        within("take this one", ask("/").text(), "the setup page")
        rotate("switch")
        holds(os.path.exists(s.path("ca.crt.old.crl")), "the root's CRL moves")
        rotate("end")
        done = rotate("start", "-u", os.path.join(stick, "root.key"),
                      check=False)
        within("stands under no root", done.stderr, "a root for none")

    with s.case("where init put it"):
        for words in (["-d", s.path("third"), "--root"],):
            verb("ca", "init", *words)
        verb("ca", "rotate", "start", "-d", s.path("third"))
        same(read("third/ca.crt.next").count("BEGIN"), 2, "certificates")

    with s.case("misuse"):
        for words in (["show", "-S"], ["init", "-u", "x"]):
            same(verb("ca", *words, "-d", s.dir, check=False).returncode, 2,
                 " ".join(words))
