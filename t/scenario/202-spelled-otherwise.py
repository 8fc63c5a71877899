"""The same password spelled as a page likes: in decomposed characters, or
behind the end of a compressed stream. It does not arrive."""
import gzip
import json
import unicodedata
import zlib
from urllib.parse import quote

from lib import filtered
from lib.expect import same
from lib.filtered import form
from lib.proxy import verb

WORD = "Grüße aus Ångström, señor"
OTHER = "Grüße von Ångström, señor"
CODED = "Content-Encoding: %s\r\n"

with filtered.start("credentials block to any\nallow to any",
                    lines=["alice:" + WORD]) as s:
    verb("user", "passwd", "-f", s.proxy.conf, "alice", text=WORD + "\n")
    s.proxy.wait_log("the account file changed")
    origin = s.origin(tls="good")

    def post(body, more="", status=200):
        client = s.client(password=WORD)
        client.secure(origin.named("www.test"))
        if isinstance(body, str):
            body = body.encode()
        same(form(client, "/", body, more).status, status, "status")
        client.close()

    for spelling in ("NFC", "NFD"):
        for word, status in ((OTHER, 200), (WORD, 403)):
            word = unicodedata.normalize(spelling, word)
            with s.case("%s %d" % (spelling, status)):
                post("p=" + quote(word), status=status)
                post(json.dumps({"a": [word]}), status=status)
                post(json.dumps(word, ensure_ascii=False), status=status)
    for name, packed in (("gzip", gzip.compress(b"a=1")),
                         ("deflate", zlib.compress(b"a=1"))):
        for word, status in ((OTHER, 200), (WORD, 403)):
            with s.case("behind %s %d" % (name, status)):
                post(packed + b"&p=" + quote(word).encode(), CODED % name,
                     status)
    same(len([r for r in origin.requests]), 8, "requests that arrived")
