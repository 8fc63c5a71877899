"""filtered: a scenario whose proxy has a filter of passwords."""
from lib import scenario
from lib.proxy import PASSWORD, verb

HEAD = """filter "filter" key "filter.key"
decrypt all
"""


def prepare(dns=None):
    """A scenario without a proxy yet; see begin()."""
    return scenario.prepare(dns)


def begin(s, rules="", lines=None, create=(), accounts=("alice",), **more):
    """Its proxy. lines: "account:password" of the filter at its start; None:
    that of each of the proxy's accounts."""
    if lines is None:
        lines = ["%s:%s" % (account, PASSWORD) for account in accounts]
    proxy = s.configure(HEAD + rules, accounts=accounts, **more)
    verb("filter", "create", "-f", proxy.conf, "-c", "1000", *create)
    if lines:
        verb("filter", "add", "-f", proxy.conf,
             text="".join(line + "\n" for line in lines))
    proxy.start()
    return proxy


def start(rules="", dns=None, **more):
    """As scenario.start."""
    s = prepare(dns)
    try:
        begin(s, rules, **more)
    except BaseException as error:
        s.__exit__(type(error), error, error.__traceback__)
    return s


def form(client, url, body, more="", kind="application/x-www-form-urlencoded"):
    """POSTs a body; the answer."""
    client.request("POST", url, "Content-Type: %s\r\n%s" % (kind, more), body)
    return client.reply("POST")


def external(proxy):
    """Loopback is internal, where nothing is looked at unless a rule says
    so."""
    proxy.configure("credentials block to any\n"
                    + proxy.rules)
