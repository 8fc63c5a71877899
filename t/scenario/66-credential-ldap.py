"""The check against a real slapd: the filter learns from logins there, the
directory is asked about a pair once, and its silence is no answer."""
from urllib.parse import quote

from lib import filtered
from lib.expect import holds, same
from lib.filtered import form
from lib.proxy import verb
from lib.slapd import Slapd, configure, person

PASSWORD = "Grüße aus 2026!"
LIKE = "Grüße ins 2026!"  # the same first and last third
ENTRIES = person("Alice", PASSWORD, "mail: a.liddell@corp.test") \
    + person("bob", "something else 7")

with filtered.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    proxy = configure(s, slapd, rules=filtered.HEAD
                      + "credentials block to any\nallow to any")
    verb("filter", "create", "-f", proxy.conf, "-c", "1000")
    proxy.start()
    origin = s.origin(tls="good")

    def post(password, user="alice", own=PASSWORD):
        client = s.client(user, own)
        client.secure(origin.named("www.test"))
        return form(client, "/", "u=x&p=" + quote(password)).status

    same(post(PASSWORD), 403, "her own, learned just now")
    same(post(PASSWORD, "a.liddell@corp.test"), 403, "under another name")
    same(post(LIKE), 200, "the filter says maybe, the directory no")
    same(post(PASSWORD, "bob", "something else 7"), 200, "of somebody else")
    found = s.record(type="credential")
    same(found["submitted"], "alice", "whose")
    same(found["verdict"], "valid", "the directory's answer")
    slapd.stop()
    holds(post(PASSWORD) in (403, 503), "no directory: denied")
