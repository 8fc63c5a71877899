"""A password as a segment of a plain path, or one of its parameters: blocked;
other paths pass, and the directory is not asked about them."""
import json
from urllib.parse import quote

from lib import filtered
from lib.expect import absent, same, within
from lib.proxy import PASSWORD

SECRET = quote(PASSWORD, safe="")
STOPPED = ("/auth/alice/" + SECRET, "/" + SECRET + "/pixel.gif",
           "/start;user=alice;key=" + SECRET + "/x", "/x;" + SECRET,
           "/Y29yOnJlY3QgaDByc2U/pixel.gif",
           "/cb?next=" + quote("https://app.test/#pw=" + SECRET, safe=""))
PASSED = ("/", "/favicon.ico", "/assets/app-5f1a3c9be7d24a6f8c0b1d2e.js",
          "/auth/alice/another-Pass-w0rd", "/a;b=c/d;e", "//", "/%zz/%",
          "/" + "a/" * 200, "/cb?next=%23pw%3Dother-Pass-w0rd")

with filtered.start("credentials block to any\nallow to any") as s:
    origin = s.origin(tls="good")

    def get(path):
        client = s.client()
        client.secure(origin.named("www.test"))
        status = client.get(path).status
        client.close()
        return status

    for path in PASSED:
        with s.case("passes: " + path[:40]):
            same(get(path), 200, "status")
    counters = json.loads(s.proxy.status("--json"))["counters"]
    same(sum(c.get("credentials_asked", 0) for c in counters), 0, "questions")
    same(len(origin.requests), len(PASSED), "requests at the origin")
    for path in STOPPED:
        with s.case("is stopped: " + path):
            same(get(path), 403, "status")
    same(len(origin.requests), len(PASSED), "requests at the origin")
    within("path", s.record(type="credential")["where"], "where it stood")

    # what is on the record and on the page
    s.proxy.configure(s.proxy.rules.replace("block", "report"))
    s.proxy.reload()
    client = s.client()
    client.secure(origin.named("www.test"))
    client.request("POST", "/in/" + SECRET, "", "p=" + SECRET)
    same(client.reply("POST").status, 200, "only reported")
    same(s.record(type="credential", action="would-block")["where"],
         "form:p", "where it stood best")
    s.proxy.configure(s.proxy.rules.replace("report", "continue"))
    s.proxy.reload()
    client = s.client()
    client.secure(origin.named("www.test"))
    page = client.get("/in/" + SECRET, "Accept: text/html\r\n")
    same(page.status, 403, "no way on")
    absent(SECRET, page.text(), "the password")
    s.proxy.stop()
    absent(SECRET, s.proxy.records.raw(), "the password")
    absent("Y29yOnJlY3Q", s.proxy.records.raw(), "the password")
