#!/usr/bin/python3
"""pages: every language says all there is to say and nothing else, and the
templates of pages are well-formed, accessible and readable in light and dark.

Each check is tried on a copy with a fault in it as well."""
import html.parser
import os
import re
import sys

SRC = os.environ.get("srcdir", ".")
LANGS = ("en", "de", "fr", "es", "zh")
TEMPLATES = ("refusal.html", "continue.html", "setup.html", "self-test.svg")
SHEETS = ("base.css", "card.css")
VOID = {"meta", "img", "input", "br", "hr", "link"}
INKS = ("ink", "soft", "link")
GROUNDS = ("paper", "card", "code")
STOPS = ".。"


def read(*names):
    with open(os.path.join(SRC, *names), encoding="utf-8") as file:
        return file.read()


def load():
    """name -> text of everything that is looked at"""
    names = ["words." + tag for tag in LANGS] + list(TEMPLATES + SHEETS)
    files = {name: read("etc", "pages", name) for name in names}
    files["reasons.def"] = read("src", "policy", "reasons.def")
    files["details"] = read("src", "net", "words.c") + read(
        "src", "proxy", "handshake.c")
    files["code"] = read("src", "proxy", "step_refuse.c") + read(
        "src", "proxy", "local.c") + read("src", "proxy", "step_way.c")
    files["manual"] = read("man", "proxy.conf.5")
    return files


# --- texts -------------------------------------------------------------------

def reason_keys(text):
    found = re.findall(r'^REASON\(\w+, "([a-z-]+)", (\d+),', text, re.M)
    return {"%s.%s" % (word, part) for word, status in found
            if status != "0" for part in ("title", "words", "advice")}


def detail_keys(text):
    """as lang_detail() makes them, of every string of such a file"""
    joined = re.sub(r'"\s*\n\s*"', "", text)
    return {("detail." + re.sub("[^a-z0-9]+", "-", words.lower()))[:64]
            for words in re.findall(r'"([a-zA-Z][^"\n]* [^"\n]*)"', joined)}


def phrases(text, say):
    """key -> text; the proxy's own reader is stricter, and tested apart"""
    found = {}
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        key, colon, words = line.partition(": ")
        if not colon or key in found:
            say("malformed or twice: " + line)
        found[key] = words
    return found


def check_text(key, words, say):
    if words != words.strip() or "  " in words or not words:
        say("%s: white space" % key)
    if "<" in words or "{{" in words:
        say("%s: markup" % key)
    if key.endswith(".title") and words[-1:] in STOPS:
        say("%s: a title with a full stop" % key)
    if key.endswith((".words", ".advice")) and key.count(".") == 1 \
            and not key.startswith("refusal.") and words[-1:] not in STOPS:
        say("%s: a sentence without a full stop" % key)


def check_words(files, say):
    reasons = reason_keys(files["reasons.def"])
    named = {key for name in TEMPLATES
             for key in re.findall(r"\{\{=([^}]*)\}\}", files[name])}
    if len(reasons) < 60 or len(named) < 30:
        say("only %d and %d keys found" % (len(reasons), len(named)))
    english = phrases(files["words.en"], say)
    details = {key for key in phrases(files["words.de"], say)
               if key.startswith("detail.")}
    if len(details) < 10:
        say("only %d details" % len(details))
    for key in sorted(details - detail_keys(files["details"])):
        say("neither net/words.c nor proxy/handshake.c has " + key)
    for tag in LANGS:
        def tell(words, tag=tag):
            say("words.%s: %s" % (tag, words))
        found = phrases(files["words." + tag], tell)
        needed = named if tag == "en" else named | reasons | details
        for key in sorted(needed - set(found)):
            tell("no text for " + key)
        for key in sorted(set(found) - needed):
            tell("nothing uses " + key)
        for key, words in found.items():
            check_text(key, words, tell)
            if tag != "en" and words == english.get(key) and len(words) > 9:
                tell("%s is English" % key)


# --- templates ----------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """What a page holds; tags must balance and ids be unique."""

    def __init__(self, text, say):
        super().__init__(convert_charrefs=True)
        self.say, self.open, self.tags = say, [], []
        self.ids, self.texts = set(), {}
        self.feed(text)
        self.close()
        if self.open:
            say("left open: %s" % self.open)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.open.append(tag)
        if "id" in attrs:
            if attrs["id"] in self.ids:
                self.say("id %s stands twice" % attrs["id"])
            self.ids.add(attrs["id"])
        if re.search(r"=[^\"\s]", re.sub(r'"[^"]*"', '""',
                                         self.get_starttag_text())):
            self.say("an attribute without quotes in <%s>" % tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.say("</%s> closes nothing" % tag)

    def handle_data(self, data):
        if self.open:
            where = self.open[-1]
            self.texts[where] = self.texts.get(where, "") + data

    def all(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def filled(template, keep):
    """with every section or none, and something for each value"""
    while True:
        found = re.search(r"\{\{\?(\w+)\}\}", template)
        if not found:
            break
        end = "{{/%s}}" % found.group(1)
        before, _, rest = template.partition(found.group(0))
        inside, closed, after = rest.partition(end)
        if not closed:
            return template
        template = before + (inside if keep else "") + after
    return re.sub(r"\{\{[=\w.-]+\}\}", "x", template)


def check_html(page, say):
    if not page.all("html") or page.all("html")[0].get("lang") != "x":
        say("no lang attribute that follows the language")
    if not page.texts.get("title", "").strip():
        say("no title")
    metas = {meta.get("name"): meta for meta in page.all("meta")}
    if "width=device-width" not in metas.get("viewport", {}).get(
            "content", ""):
        say("no viewport")
    if len(page.all("main")) != 1 or len(page.all("h1")) != 1:
        say("not one main landmark and one heading")
    labels = {label.get("for") for label in page.all("label")}
    for field in page.all("input"):
        if field.get("type") != "hidden" and field.get("id") not in labels:
            say("an input without a label")
    for image in page.all("img"):
        if not image.get("alt"):
            say("an image without words")
    for _, attrs in page.tags:
        for name in ("for", "aria-labelledby"):
            if name in attrs and attrs[name] not in page.ids:
                say("%s=%s leads nowhere" % (name, attrs[name]))
        if any(name.startswith("on") for name in attrs):
            say("a script in an attribute")
    for tag in ("script", "iframe", "object", "link"):
        if page.all(tag):
            say("a <%s>" % tag)


def with_files(template, files, say):
    """with the files it puts in, in place of their names"""
    def text(form):
        if form.group(1) not in SHEETS:
            say("there is no file %s" % form.group(1))
        return files.get(form.group(1), "")
    return re.sub(r"\{\{>(.*?)\}\}", text, template)


def check_values(template, files, say):
    for form in re.findall(r"\{\{(.*?)\}\}", template, re.S):
        if not re.fullmatch(r"[?/]?[a-z_]+|=[a-z0-9.-]+", form):
            say("{{%s}}" % form)
    for value in re.findall(r"\{\{[?/]?([a-z_]+)\}\}", template):
        if value != "lang" and '{ "%s",' % value not in files["code"]:
            say("nothing gives it a " + value)
        if not re.search(r"^\.It Li .*\b%s\b" % value, files["manual"],
                         re.M):
            say("proxy.conf(5) does not know %s" % value)
    for style in re.findall(r"<style>.*?</style>", template, re.S):
        if "{{" in style:
            say("a value in the style")


# --- colours (WCAG 2.1, 1.4.3) -------------------------------------------------

def luminance(colour):
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    parts = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4
             for p in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def check_colours(template, say):
    schemes = re.findall(r":root \{(.*?)\}", template, re.S)
    if len(schemes) != 2 or "prefers-color-scheme: dark" not in template:
        say("not a light and a dark scheme")
    for which, scheme in zip(("light", "dark"), schemes):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]+);", scheme))
        for ink in INKS:
            for ground in GROUNDS:
                if ink not in colours or ground not in colours:
                    say("%s: no %s or no %s" % (which, ink, ground))
                    continue
                ratio = contrast(colours[ink], colours[ground])
                if ratio < 4.5:
                    say("%s: %s on %s has %.2f:1" % (
                        which, ink, ground, ratio))
    if re.search(r"[^-]color: #", template):
        say("a colour that does not change with the scheme")


def check_image(template, say):
    ground, ink = re.findall(r'fill="(#[0-9a-f]+)"', template)
    if contrast(ground, ink) < 4.5:
        say("%s on %s" % (ink, ground))
    if 'aria-label="{{=' not in template:
        say("no words for who can't see it")


def check_sheets(files, say):
    for name in SHEETS:
        if not any("{{>%s}}" % name in files[page] for page in TEMPLATES):
            say("no page has %s" % name)
        if "{{" in files[name] or "<" in files[name]:
            say("%s is no style sheet" % name)


def faults(files):
    found = []
    check_words(files, found.append)
    check_sheets(files, found.append)
    for name in TEMPLATES:
        def say(words, name=name):
            found.append("%s: %s" % (name, words))
        text = with_files(files[name], files, say)
        check_values(text, files, say)
        for keep in (True, False):
            page = Page(filled(text, keep), say)
            if name.endswith(".html"):
                check_html(page, say)
        (check_colours if name.endswith(".html") else check_image)(text, say)
    return found


# --- each check finds what it is for --------------------------------------------

SPOILT = [
    ("words.de", "denied.title: Dieses", "denied.titel: Dieses"),
    ("words.fr", "setup.title: ", "# "),
    ("words.zh", "self-test.yes: 是\n", ""),
    ("words.es", "self-test.yes:", "denied.title: x\nself-test.yes:"),
    ("words.en", "refusal.time: Time", "refusal.time: <b>Time"),
    ("words.de", "denied.title: Dieses Ziel ist nicht erlaubt",
     "denied.title: Dieses Ziel ist nicht erlaubt."),
    ("words.fr", "detail.connection-refused", "detail.connection-refuse"),
    ("details", "network is unreachable", "network can't be reached"),
    ("reasons.def", 'REASON(LOOP, "loop"', 'REASON(LOOP, "lap"'),
    ("refusal.html", 'lang="{{lang}}"', 'lang="en"'),
    ("refusal.html", "<title>{{title}}", "<title>"),
    ("refusal.html", "</main>", ""),
    ("refusal.html", "<main>", "<div>"),
    ("refusal.html", "{{/way}}", "</dl>{{/way}}"),
    ("continue.html", '<label for="reason">', '<label for="why">'),
    ("refusal.html", 'name="viewport"', 'name="view"'),
    ("base.css", "--soft: #52606d", "--soft: #8a949e"),
    ("base.css", "--link: #7db8f5", "--link: #0b5cad"),
    ("base.css", "color: var(--ink)", "color: {{ink}}"),
    ("card.css", "color: var(--soft)", "color: #52606d"),
    ("setup.html", "{{>base.css}}", ""),
    ("setup.html", "{{>base.css}}", "{{>basis.css}}"),
    ("refusal.html", "{{advice}}", "{{ advice}}"),
    ("refusal.html", "{{advice}}", "{{advise}}"),
    ("code", '{ "rule",', '{ "rul",'),
    ("manual", ".It Li incident", ".It Li accident"),
    ("refusal.html", '<p class="site">', "<p class=site>"),
    ("setup.html", 'alt="{{=setup.not-yet}}"', 'alt=""'),
    ("setup.html", 'id="two"', 'id="one"'),
    ("setup.html", "{{=setup.intro}}", "{{=setup.introduction}}"),
    ("self-test.svg", "#1a7f37", "#9ad3a8"),
]


def main():
    files = load()
    bad = faults(files)
    for name, old, new in SPOILT:
        copy = dict(files)
        copy[name] = copy[name].replace(old, new, 1)
        if copy[name] == files[name]:
            bad.append("nothing to spoil in %s: %s" % (name, old))
        elif not bad and not faults(copy):
            bad.append("not found in %s: %s" % (name, new))
    for words in bad:
        print("pages: " + words, file=sys.stderr)
    print("pages: %d languages, %d templates, %d findings" % (
        len(LANGS), len(TEMPLATES), len(bad)))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
