"""A browser with a Kerberos ticket opens a page through the proxy and is
never asked for a password. The proxy is "localhost", since the browser asks
for the canonical name of any other."""
# timeout: 120
import os
from lib import scenario
from lib.chromium import Chromium
from lib.expect import same, within
from lib.kdc import Kdc
from lib.slapd import Slapd, configure, dn_of, group, person

ENTRIES = person("alice", "secret") + group("staff", [dn_of("alice")])
PAGE = "<!doctype html><title>inside</title><h1>Delivered by ticket</h1>"

with scenario.prepare() as s:
    kdc = s.keep(Kdc(s.path("kdc"), name="localhost"))
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, ENTRIES))
    configure(s, slapd, statements="authenticate negotiate keytab \"%s\"\n"
              % kdc.keytab, rules="decrypt all\nallow group staff to any\n"
              "deny to any", name="localhost").start()
    answer = ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
              "Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE))
    plain, secure = s.origin(answer), s.origin(answer, tls="good")
    os.environ.update(kdc.login("alice"))
    browser = s.keep(Chromium(
        s.path("home"), "http://localhost:%d/proxy.pac" % s.proxy.port,
        s.proxy.ca, switches=(
            "--auth-server-allowlist=localhost",)))
    for url in ("http://%s/" % plain.named("www.test"),
                "https://%s/" % secure.named("www.test")):
        with s.case(url):
            same(browser.open(url), "", "the page")
            within("Delivered by ticket", browser.text(), "its text")
            browser.screenshot(s.out(url.partition(":")[0] + ".png"))
    s.record(account="alice", status=200)
