"""The way on in a browser: its own script gets nowhere with the page of the
stopped form; the person goes on with the keyboard alone, and the form passes
once. What a screen reader says of the page."""
# timeout: 180
import json
import time

from lib import filtered
from lib.chromium import Chromium
from lib.expect import absent, holds, same, within
from lib.proxy import PASSWORD

WAY = "continue.sallyport.internal"
# tries what a hostile page could: to read the way's page, to frame it, to
# send its form; and tells what came of it
SCRIPT = """
async function steal(url) {
  const seen = [];
  for (const mode of ["cors", "no-cors"])
    try { seen.push(await (await fetch(url, {mode, credentials: "include"}))
                    .text()); }
    catch (error) { seen.push("refused"); }
  const frame = document.createElement("iframe");
  frame.src = url;
  document.body.append(frame);
  await new Promise(done => { frame.onload = frame.onerror = done;
                              setTimeout(done, 2000); });
  try { seen.push(frame.contentDocument.body.innerHTML); }
  catch (error) { seen.push("refused"); }
  const token = new URL(url).searchParams.get("t");
  for (const answer of [token, ""])
    try { seen.push(await (await fetch(new URL(url).origin + "/", {
        method: "POST", mode: "no-cors",
        body: new URLSearchParams({t: token, answer, reason: "mine"})}))
        .text()); }
    catch (error) { seen.push("refused"); }
  return JSON.stringify(seen);
}
async function page() {
  const reply = await fetch("/login", {method: "POST",
    headers: {Accept: "text/html"},
    body: new URLSearchParams({user: "x", pass: SECRET})});
  return await reply.text();
}"""
LINK = "document.querySelector('a[href*=\"?t=\"]')"
FORM = """<!doctype html><html lang="en"><title>form</title>
<h1>Sign in</h1><form method="post" action="/login">
<input name="user" value="x"><input id="pass" name="pass" type="password">
<button id="go">Sign in</button></form>"""


def serve(conn, request):
    body = FORM
    if request.start.startswith("POST"):
        body = "<!doctype html><title>in</title><h1>You are in</h1>"
    conn.send("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
              "Content-Length: %d\r\n\r\n%s" % (len(body), body))


with filtered.start("credentials continue to any\nallow to any",
                    workers=2) as s:
    origin = s.origin(serve, tls="good")
    site = "https://%s" % origin.named("www.test")
    browser = s.keep(Chromium(
        s.path("home"), "http://127.0.0.1:%d/proxy.pac" % s.proxy.port,
        s.proxy.ca, "alice", PASSWORD))

    def press(key, code):
        for kind in ("rawKeyDown", "keyUp"):
            browser.call("Input.dispatchKeyEvent", type=kind, key=key,
                         code=key, windowsVirtualKeyCode=code,
                         text="\r" if key == "Enter" else "")
        if key == "Enter":
            browser.call("Input.dispatchKeyEvent", type="char", text="\r")

    def focused():
        return browser.evaluate(
            "document.activeElement.id || document.activeElement.tagName")

    def tab_to(what):
        for _ in range(12):
            press("Tab", 9)
            if focused() == what:
                return
        holds(False, "the keyboard never reaches " + what)

    def submit():
        same(browser.open(site + "/signin"), "", "the form")
        browser.evaluate("document.getElementById('pass').value = %s; "
                         "document.getElementById('go').click()"
                         % json.dumps(PASSWORD))

    def posts():
        return sum(r.start.startswith("POST") for r in origin.requests)

    with s.case("the site's script"):
        same(browser.open(site + "/signin"), "", "the form")
        script = SCRIPT.replace("SECRET", json.dumps(PASSWORD))
        text = browser.evaluate("(async () => {%s; return await page()})()"
                                % script)
        holds(text is not None and "incident" in text.lower(),
              "it reads that it was stopped: %r" % text)
        for _ in range(2):  # by the directory process to the other worker
            s.proxy.settle()
        # what it has at most: the link of the page that a form gets
        same(browser.open(site + "/signin"), "", "what it was refused")
        within("A moment ago", browser.text(), "is told here")
        submit()
        browser.wait_for(LINK + " != null")
        url = browser.evaluate(LINK + ".href")
        within(WAY, url, "where it leads")
        same(browser.open(site + "/signin"), "", "the form")
        seen = json.loads(browser.evaluate(
            "(async () => {%s; return await steal(%s)})()" % (
                script, json.dumps(url)), seconds=30))
        same(len(seen), 5, "what it tried")
        for found in seen:
            holds(found in ("refused", ""), "it got %r" % found)
        same(browser.evaluate(
            "(async () => {%s; return (await page()).includes('You are')})()"
            % script), False, "the password passes")
        same(posts(), 0, "posts at the origin")
        same(browser.open(site + "/signin"), "", "told once more")

    with s.case("the person, with the keyboard"):
        submit()
        browser.wait_for(LINK + " != null")
        browser.screenshot(s.out("stopped.png"))
        tab_to("A")
        press("Enter", 13)
        browser.wait_for("location.host == '%s' && "
                         "document.getElementById('reason') != null" % WAY)
        browser.screenshot(s.out("way.png"))
        tree = browser.call("Accessibility.getFullAXTree")["nodes"]
        said = {(n.get("role", {}).get("value"),
                 n.get("name", {}).get("value")): n for n in tree}
        field = [n for (role, name), n in said.items()
                 if role == "textbox" and name.startswith("Why must")]
        same(len(field), 1, "the field and its label")
        within("Enter the password there again",
               json.dumps(field[0].get("description", {})),
               "the field's description")
        holds(any(p["name"] == "required" and p["value"]["value"]
                  for p in field[0]["properties"]), "that it is required")
        for role, name in (("heading", "Send a work password to this site?"),
                           ("button", "Let it pass once")):
            holds((role, name) in said, "%s %s" % (role, name))
        tab_to("reason")
        # nothing is sent without a reason
        press("Enter", 13)
        time.sleep(0.5)
        same(browser.evaluate("location.host"), WAY, "still here")
        browser.call("Input.insertText", text="the old portal asks for it")
        press("Enter", 13)
        browser.wait_for("location.href == '%s/signin' && "
                         "document.readyState == 'complete'" % site)
        same(s.record(type="continue")["words"],
             "the old portal asks for it", "the reason")
        submit()
        browser.wait_for("document.title == 'in'")
        same(posts(), 1, "posts at the origin")
        submit()
        browser.wait_for(LINK + " != null")
        same(posts(), 1, "once")

    with s.case("on a phone, dark, in other languages"):
        url = browser.evaluate(LINK + ".href")
        for language in ("de", "zh-CN"):
            browser.show_as(language, "dark", 390, 844)
            same(browser.open(url), "", "the way's page")
            same(browser.evaluate("document.documentElement.lang"),
                 language[:2], "its language")
            same(browser.evaluate("document.documentElement.scrollWidth"),
                 390, "its width")
            browser.screenshot(s.out("way-%s.png" % language))
        absent(PASSWORD, browser.text(), "the page")
