"""expect: what must hold, and a readable account of what did not."""
import difflib
import re


class Failure(Exception):
    """An expectation that did not hold; its text is for people."""


class Skip(Exception):
    """Something this scenario needs is not on this machine."""


def _show(value):
    if isinstance(value, (bytes, bytearray)):
        value = value.decode("latin-1")
    if isinstance(value, str):
        # of a page its looks say nothing
        value = re.sub(r"(?s)<style>.*?</style>\n?", "", value)
        return [repr(line)[1:-1] for line in value.splitlines(True)]
    return [repr(value)]


def same(got, want, what):
    """got and want are equal; bytes and text are compared line by line."""
    if got == want:
        return
    diff = difflib.unified_diff(_show(want), _show(got), "wanted", "got",
                                lineterm="", n=2)
    raise Failure("%s\n    %s" % (what, "\n    ".join(list(diff)[:60])))


def holds(condition, what):
    if not condition:
        raise Failure(what)


def within(part, whole, what):
    """part stands somewhere in whole."""
    if part not in whole:
        raise Failure("%s: %r is not in\n    %s" % (
            what, part, "\n    ".join(_show(whole)[:40])))


def absent(part, whole, what):
    """part stands nowhere in whole."""
    if part in whole:
        at = whole.index(part)
        raise Failure("%s: found %r in %r" % (
            what, part, whole[max(0, at - 60):at + len(part) + 60]))
