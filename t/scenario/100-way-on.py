"""The way on past `credentials continue`: what the site's own script can read
grants nothing; the page of another origin asks for a reason and lets one
submission pass, for that account, place and password, whichever worker."""
# timeout: 120
import html
import os
import re
import signal
import time
from urllib.parse import quote, urlencode

from lib import filtered
from lib.expect import absent, holds, same, within
from lib.filtered import form
from lib.process import wait_until
from lib.proxy import PASSWORD, verb

WAY = "continue.sallyport.internal"
HTML = "Accept: text/html\r\nReferer: https://%s/signin?step=2\r\n"
RULES = """credentials continue to any label "mistakes"
allow to any
limit credential-failures 1000
timeout way-on %s"""


def submit(s, site, user="alice", path="/login", fields="", client=None):
    """The form, sent over a fresh connection, so to any worker."""
    if client is None:
        client = s.client(user)
        client.secure(site)
    return form(client, path, "user=x&pass=" + quote(PASSWORD),
                HTML % site + fields)


def link(reply):
    found = re.findall(r'href="(https?://[^"]*/\?t=[0-9a-f]+)"', reply.text())
    same(len(found), 1, "links to a way on in\n" + reply.text())
    return html.unescape(found[0])


def page(s, url, user="alice", fields=""):
    """The way's page, as a window that was opened shows it."""
    client = s.client(user)
    client.secure(WAY + ":443")
    return client.get("/" + url.split("/")[3], fields)


def hidden(reply):
    return dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"',
                           reply.text()))


def answer(s, values, user="alice", reason="they insist", fields=None):
    """Sends the way's form, as the page's own button does."""
    if fields is None:
        fields = "Origin: https://%s\r\nSec-Fetch-Site: same-origin\r\n" \
            "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n" % WAY
    client = s.client(user)
    client.secure(WAY + ":443")
    return form(client, "/", urlencode(dict(values, reason=reason)), fields)


def granted(s, site, **more):
    """All of the way as a person goes it."""
    values = hidden(page(s, link(submit(s, site, **more))))
    same(answer(s, values).status, 303, "the answer")
    return values


with filtered.start(RULES % "1m", accounts=("alice", "bob"), workers=4,
                    trouble=True) as s:
    origin = s.origin(tls="good")
    site = origin.named("www.test")

    with s.case("a person goes it"):
        blocked = submit(s, site)
        same(blocked.status, 403, "stopped")
        within("Content-Security-Policy: default-src 'none'",
               blocked.head.decode(), "the page")
        shown = page(s, link(blocked))
        same(shown.status, 200, "the way's page")
        for name, value in (
                ("X-Frame-Options", "DENY"),
                ("Cross-Origin-Opener-Policy", "same-origin"),
                ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Cache-Control", "no-store"),
                ("Access-Control-Allow-Origin", None)):
            same(shown.get(name), value, name)
        within("frame-ancestors 'none'",
               shown.get("Content-Security-Policy"), "its policy")
        for words in (site, "alice", '<label for="reason">'):
            within(words, shown.text(), "what it says")
        values = hidden(shown)
        sent = answer(s, values, reason="  the bank has an old form: \u00fc\n")
        same(sent.status, 303, "after the reason")
        same(sent.get("Location"), "https://%s/signin?step=2" % site, "back")
        same(sent.get("Set-Cookie"), None, "cookies")
        same(len(origin.requests), 0, "requests at the origin until here")
        same(submit(s, site).status, 200, "again")
        same(len(origin.requests), 1, "requests at the origin")
        for word in list(values.values()) + ["Cookie"]:
            absent(word, origin.requests[0].head.decode(),
                   "what the origin sees")
        record = s.record(type="continue")
        same(record["words"], "the bank has an old form: \u00fc", "the reason")
        same([record[k] for k in ("host", "path", "account", "submitted",
                                  "where", "rule")],
             ["www.test", "/login", "alice", "alice", "form:pass",
              "mistakes"], "the record")
        within(record["incident"], blocked.text(), "its incident")
        same(s.record(type="credential", action="continued")["incident"],
             record["incident"], "of what passed")
        shows = verb("incidents", "-f", s.proxy.conf).stdout
        within("went on", shows, "incidents")
        within("the bank has an old form", shows, "incidents")

    with s.case("once"):
        same(submit(s, site).status, 403, "the same again")
        for _ in range(2):
            same(answer(s, values).status, 403, "the answer again")
        same(page(s, "https://x/?t=" + values["t"]).status, 404,
             "its page again")
        same(submit(s, site).status, 403, "still")
        same(len(origin.requests), 1, "requests at the origin")

    with s.case("the site's script gets nowhere"):
        text = submit(s, site).text()
        absent("<form", text, "the page")
        absent("name=\"answer\"", text, "the page")
        url = link(submit(s, site))
        evil = "Origin: https://%s\r\nSec-Fetch-Site: cross-site\r\n" % site
        for mode in ("Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: empty\r\n",
                     "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n",
                     "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"):
            reply = page(s, url, fields=evil + mode)
            same(reply.status, 403, mode)
            same(hidden(reply), {}, mode)
            same(reply.get("Access-Control-Allow-Origin"), None, mode)
        token = url.partition("t=")[2]
        right = hidden(page(s, url))
        for name, values, fields in (
                ("no answer", {"t": token}, None),
                ("the token", {"t": token, "answer": token}, None),
                ("from its origin", right, evil),
                ("with no origin", right, "Origin: null\r\n"),
                ("from its origin, unmarked", right,
                 "Origin: https://%s\r\n" % site),
                ("from a frame", right,
                 "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Dest: iframe\r\n")):
            same(answer(s, values, fields=fields).status, 403, name)
        # its own origin has no such address any more
        client = s.client()
        client.secure(site)
        form(client, "/.well-known/sallyport/continue",
             "token=%s&path=/login&reason=x" % token, "")
        same(origin.requests.pop().start.split()[1],
             "/.well-known/sallyport/continue", "passed on like any other")
        same(submit(s, site, fields="Cookie: sallyport-go=%s\r\n"
                    % token).status, 403, "a cookie")
        same(len(origin.requests), 1, "requests at the origin")

    with s.case("another account"):
        url = link(submit(s, site))
        values = hidden(page(s, url))
        reply = page(s, url, user="bob")
        same((reply.status, hidden(reply)), (404, {}), "bob looks")
        absent("www.test", reply.text(), "what bob learns")
        same(answer(s, values, user="bob").status, 403, "bob answers")
        same(answer(s, values).status, 303, "alice answers")
        same(submit(s, site, user="bob").status, 403, "bob submits")
        same(submit(s, site, path="/other").status, 403, "another place")
        same(submit(s, s.origin(tls="good").named("www.test")).status, 403,
             "another port")
        same(submit(s, site).status, 200, "alice submits")

    with s.case("no login, no page"):
        client = s.client(None)
        same(client.connect(WAY + ":443").status, 407, "its CONNECT")
        client = s.client(None)
        same(client.get("http://%s/?t=%s" % (WAY, token)).status, 407, "http")

    with s.case("a reason is asked for"):
        url = link(submit(s, site))
        values = hidden(page(s, url))
        reply = answer(s, values, reason="  ")
        same(reply.status, 400, "none")
        within('role="alert"', reply.text(), "what is said")
        same(hidden(reply), values, "the form is still there")
        same(answer(s, values, reason="\u00e9" * 700).status, 303, "a long one")
        same(s.record(words="\u00e9" * 500)["type"], "continue", "what is kept")
        same(submit(s, site).status, 200, "passes")
        same(answer(s, {"t": "x" * 9000}).status, 400, "too long a form")

    with s.case("an offer stays the same, whatever a script sends"):
        url = link(submit(s, site))
        values = hidden(page(s, url))
        for _ in range(3):
            same(link(submit(s, site)), url, "offered again")
        same(answer(s, values).status, 303, "the answer")
        same(submit(s, site).status, 200, "passes")

    with s.case("many stopped requests drive no granted way out"):
        granted(s, site)
        client = s.client()
        client.secure(site)
        for number in range(40):
            same(submit(s, site, path="/%d" % number, client=client).status,
                 403, "another")
        same(submit(s, site).status, 200, "what was granted")
        within("ways_open", s.proxy.status("--json"), "status")

    with s.case("what a script is refused is told once, with the way"):
        client = s.client()
        client.secure(site)
        reply = form(client, "/login", '{"pass":"%s"}' % PASSWORD,
                     "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n",
                     "application/json")
        same(reply.status, 403, "fetch")
        within("problem+json", reply.get("Content-Type"), "fetch")
        client.close()

        def navigate():
            other = s.client()
            other.secure(site)
            return other.get("/", "Sec-Fetch-Mode: navigate\r\n")
        time.sleep(0.3)
        told = navigate()
        same(told.status, 403, "the next page, at any worker")
        same([navigate().status for _ in range(8)], [200] * 8, "and no other")
        same(answer(s, hidden(page(s, link(told)))).status, 303, "its way")
        client = s.client()
        client.secure(site)
        same(form(client, "/login", '{"pass":"%s"}' % PASSWORD,
                  "", "application/json").status, 200, "the fetch")

    with s.case("a worker's end and a reload take nothing away"):
        granted(s, site)
        for pid in s.proxy.pids("_role proxy"):
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: len(s.proxy.pids("_role proxy")) == 4, 20,
                   "fresh workers")
        s.proxy.reload()
        wait_until(lambda: submit(s, site).status == 200, 10, "passes")
        same(submit(s, site).status, 403, "once")

    with s.case("without the directory process nothing opens"):
        granted(s, site)
        url = link(submit(s, site, path="/two"))
        values = hidden(page(s, url))
        pid, = s.proxy.pids("_role directory")
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: s.proxy.pids("_role directory") not in ([], [pid]),
                   20, "another one")
        wait_until(lambda: submit(s, site).status == 403, 20, "stopped")
        same(answer(s, values).status, 403, "an answer to the one before")

    with s.case("it expires"):
        s.proxy.configure(filtered.HEAD + RULES % "3s")
        s.proxy.reload()
        url = link(submit(s, site))
        values = hidden(page(s, url))
        time.sleep(3.2)
        same(answer(s, values).status, 403, "an offer")
        same(page(s, url).status, 404, "its page")
        granted(s, site)
        time.sleep(3.2)
        same(submit(s, site).status, 403, "what was granted")
