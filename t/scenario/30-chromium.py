"""A browser that knows just the PAC address: the setup page's self-test says
yes, a decrypted page shows, and a refusal over HTTPS is a page one can read."""
# timeout: 180
from lib import scenario
from lib.chromium import Chromium
from lib.expect import holds, same, within
from lib.proxy import PASSWORD

RULES = """decrypt all
deny to blocked.test label "not at work"
allow to any"""
PAGE = "<!doctype html><title>inside</title><h1>Decrypted and delivered</h1>"
# the self-test works without scripts: its answers are pictures that load
SHOWN = "[...document.images].map(i => i.naturalWidth > 0)"

with scenario.start(RULES) as s:
    origin = s.origin("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                      "Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE),
                      tls="good")
    pac = "http://127.0.0.1:%d/proxy.pac" % s.proxy.port
    browser = s.keep(Chromium(
        s.path("home"), pac, s.proxy.ca, "alice", PASSWORD))

    same(browser.open("https://%s/" % origin.named("www.test")), "",
         "decrypted page")
    within("Decrypted and delivered", browser.text(), "its text")
    browser.screenshot(s.out("decrypted.png"))

    browser.open("https://blocked.test/games")
    browser.screenshot(s.out("refused.png"))
    within("not at work", browser.text(), "the refusal's rule")
    within("alice", browser.text(), "the refusal's account")
    holds(browser.evaluate("document.title") != "", "the refusal's title")
    holds(browser.evaluate("document.documentElement.lang") != "",
          "the refusal's language")

    # on a phone, in other languages, light and dark: nothing sticks out
    for language, scheme in (("de-AT", "dark"), ("zh-CN", "light"),
                             ("fr", "dark")):
        with s.case("%s, %s" % (language, scheme)):
            browser.show_as(language, scheme, 390, 844)
            for name, url in (("refused", "https://blocked.test/games"),
                              ("setup", "http://sallyport.internal/")):
                browser.open(url)
                browser.screenshot(s.out("%s-%s.png" % (name, language)))
                same(browser.evaluate("document.documentElement.lang"),
                     language[:2], name + " in the language asked for")
                same(browser.evaluate(
                    "document.documentElement.scrollWidth"), 390, name)
    browser.show_as("en", "light", 1000, 900)

    same(browser.open("http://sallyport.internal/"), "", "setup page")
    same(browser.evaluate(SHOWN), [True, True], "self-test")
    browser.screenshot(s.out("self-test.png"))

    # a browser that does not trust the CA is told so
    stranger = s.keep(Chromium(
        s.path("other"), pac, None, "alice", PASSWORD))
    same(stranger.open("https://%s/" % origin.named("www.test")),
         "net::ERR_CERT_AUTHORITY_INVALID", "without the CA")
    stranger.open("http://sallyport.internal/")
    same(stranger.evaluate(SHOWN), [True, False], "self-test without the CA")
    stranger.screenshot(s.out("self-test-untrusted.png"))
