"""Pages and problem documents come in the language that the browser asks for;
who runs the proxy may change the words, and is told what is wrong with
them."""
import os
import shutil
from lib import scenario
from lib.expect import absent, holds, same, within
from lib.proxy import PAGES, verb

RULES = "decrypt all\ndeny to blocked.test\nallow to any"
TITLES = {"en": "This destination is not allowed",
          "de": "Dieses Ziel ist nicht erlaubt",
          "fr": "Cette destination n’est pas autorisée",
          "es": "Este destino no está permitido",
          "zh": "不允许访问此地址"}
ASKED = [("", "en"), ("de-AT,de;q=0.9,en;q=0.8", "de"), ("fr", "fr"),
         ("nl, es;q=0.2", "es"), ("zh-CN,zh;q=0.9", "zh"), ("nl", "en"),
         ("en;q=0.1, *;q=0.5", "de"), ("de;q=x", "en")]
SETUP = {"en": "Set up this computer", "de": "Diesen Computer einrichten",
         "zh": "设置这台电脑"}
URL = "http://blocked.test/"


def asking(value, more=""):
    return more + ("Accept-Language: %s\r\n" % value if value else "")


def spoken(reply, tag):
    same(reply.get("Content-Language"), tag, "Content-Language")
    within("Accept-Language", reply.get("Vary"), "Vary")
    return reply.text().replace("&#39;", "'")


with scenario.start(RULES, trouble=True) as s:
    client = s.client()
    for value, tag in ASKED:
        with s.case(value or "no field"):
            inside = s.client()
            inside.secure("blocked.test:443")
            for page in (spoken(client.get(URL, asking(value)), tag),
                         spoken(inside.get("/", asking(value)), tag)):
                within('<html lang="%s">' % tag, page, "lang")
                within("<title>" + TITLES[tag], page, "title")
                absent("{{", page, "what is left of the template")
    page = client.get(URL, asking("de")).text()
    within('<time datetime="20', page, "a time for programs")
    within(" UTC</time>", page, "and for people")

    # a script that asks, and a login that is missing
    reply = client.get(URL, asking("fr", "Accept: application/json\r\n"
                                   "Origin: http://www.test\r\n"))
    within(TITLES["fr"], spoken(reply, "fr"), "problem document")
    within("Origin", reply.get("Vary"), "Vary")
    reply = s.client(None).get(URL, asking("es"))
    same(reply.status, 407, "no login")
    within("Inicie sesión", spoken(reply, "es"), "its page")

    # what was wrong with an origin, too; in English where there are no words
    secure = s.client()
    secure.secure(s.origin(tls="expired").named("www.test"))
    within("<dd>das Zertifikat ist abgelaufen</dd>",
           spoken(secure.get("/", asking("de")), "de"), "detail")
    within('<dd lang="en">the certificate has expired</dd>',
           spoken(secure.get("/"), "en"), "detail in English")

    # the proxy's own pages; the picture of the self-test speaks, too
    local = s.client(None)
    for tag, title in SETUP.items():
        local.send("GET / HTTP/1.1\r\nHost: x\r\n%s\r\n" % asking(tag))
        page = spoken(local.reply(), tag)
        within("<title>" + title, page, "setup page")
        absent("{{", page, "what is left of the template")
    local.send("GET /self-test/proxy.svg HTTP/1.1\r\nHost: x\r\n%s\r\n"
               % asking("fr"))
    within('aria-label="Oui"', spoken(local.reply(), "fr"), "self-test")

    # other words, without a restart: a language less, a sentence changed
    own = s.path("pages")
    shutil.copytree(PAGES, own)
    os.chmod(own, 0o755)
    with open(s.proxy.conf, encoding="utf-8") as file:
        text = file.read().replace(PAGES, own)
    s.proxy.write("proxy.conf", text)
    os.remove(os.path.join(own, "words.fr"))
    with open(os.path.join(own, "words.en"), "a", encoding="utf-8") as file:
        file.write("denied.title: Not here, <please>\n")
    s.proxy.write("pages/base.css", "body { color: teal }\n")
    s.proxy.reload()
    page = spoken(client.get(URL, asking("fr,de;q=0.1")), "de")
    page = spoken(client.get(URL, asking("fr")), "en")
    within("<title>Not here, &lt;please&gt;", page, "other words, escaped")
    within("<style>\nbody { color: teal }\n", page, "another style sheet")

    # what is wrong is said by file and key or line, and the old words stay
    german = os.path.join(own, "words.de")
    with open(german, encoding="utf-8") as file:
        good = file.read()
    for bad, said in (
            (good.replace("denied.advice:", "# "),
             'words.de: no text for "denied.advice"'),
            (good.replace("refusal.time:", "# "),
             'words.de: no text for "refusal.time"'),
            (good + "denied.tilte: x\n",
             'words.de: unknown key "denied.tilte"'),
            ("denied\n" + good, "words.de: line 1: expected")):
        s.proxy.write("pages/words.de", bad)
        done = verb("check", "-f", s.proxy.conf, check=False)
        same(done.returncode, 1, "exit status of check")
        within(said, done.stderr, "what it says")
    s.proxy.reload(said)
    within(TITLES["de"], spoken(client.get(URL, asking("de")), "de"),
           "the old words")
    s.proxy.write("pages/words.de", good)
    for name in ("base.css", "refusal.html"):
        os.remove(os.path.join(own, name))
        done = verb("check", "-f", s.proxy.conf, check=False)
        within("%s: No such file" % name, done.stderr, "a file less")
        holds(done.returncode == 1, "exit status")
