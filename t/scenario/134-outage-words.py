"""While the directory is away: whether people get in and whether what may be
a password leaves are two words, each in both directions; and what nobody has
checked is neither learned nor taken for somebody's password."""
from urllib.parse import quote

from lib import filtered
from lib.expect import same
from lib.filtered import form
from lib.proxy import verb
from lib.slapd import Slapd, configure, person, statement

OWN = "Grüße aus 2026!"
OTHER = "Karpfenteich 7 voll"
NOBODYS = "Grüße %03d 2026!"  # the same first and last third as OWN
RULES = filtered.HEAD + "credentials block to any\nallow to any\n" \
    "timeout login-cache 1s\n"


def counter(name):
    for line in verb("status", "-f", s.proxy.conf).stdout.splitlines():
        if line.split()[:1] == [name]:
            return int(line.split()[1])
    return None


with filtered.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, person("alice", OWN)
                         + person("bob", OTHER)))
    proxy = configure(s, slapd, rules=RULES, trouble=True)
    verb("filter", "create", "-f", proxy.conf, "-c", "1000")
    proxy.start()
    origin = s.origin(tls="good")

    def post(password, user="alice", own=OWN, to="/"):
        client = s.client(user, own)
        client.secure(origin.named("www.test"))
        reply = form(client, to, "u=x&p=" + quote(password))
        return reply.status

    same(post(OWN), 403, "her own")
    same(post(NOBODYS % 999), 200, "the directory says that it isn't")
    slapd.stop()

    def use(*words, more=""):
        proxy.configure(statement(slapd, *words, trust=s.pki.ca)
                        + RULES + more)
        proxy.reload()

    # alice goes on by `grace`; a value is new each time, since what the
    # directory said of one is remembered
    for at, (words, more, status) in enumerate((
            ((), "", 503),
            ((), "credentials unanswered allow\n", 200),
            (("outage credentials pass",), "", 200),
            (("outage credentials block",),
             "credentials unanswered allow\n", 503),
            (("outage credentials pass", "outage logins refuse"),
             "credentials unanswered deny\n", 200),
            (("outage credentials block", "outage logins admit-unchecked"),
             "", 503))):
        with s.case("%s %s" % (", ".join(words), more)):
            use(*words, more=more)
            same(post(NOBODYS % at, to="/%d" % at), status, "what nobody can tell")
            record = s.record(type="credential", verdict="unanswered",
                              path="/%d" % at)
            same(record["action"], "block" if status == 503 else "pass",
                 "the record")
            same(post(OWN), 403, "her own: it was right a while ago")

    # logins: refused, or believed; what is believed is nothing that is known
    use("outage logins refuse", "timeout grace 0s")
    same(s.client("carl", "anything").get(
        "http://%s/" % origin.named("www.test")).status, 503, "refused")
    use("outage logins admit-unchecked", "outage credentials pass")
    learned = counter("filter_added")
    same(post("Neues Wort 12", "carl", "Neues Wort 12"), 200,
         "what carl says is his password isn't known to be")
    same(counter("filter_added"), learned, "learned")
    proxy.wait_log("admitted unchecked")
