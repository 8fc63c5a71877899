#!/usr/bin/env python3
"""own: every form of forms.py is found, with passwords of many scripts, and
another password in it is not.

usage: own.py [EXTRACT]"""
import collections
import sys

import forms
from tool import Extract

PASSWORDS = ("Summer2024!", "p&ss=w+rd %41<\"'>\\/;:#?@{}|~", "a  b c d e f g",
             "Grüße-München_1§", "Пароль42!", "東京€🔑tower9", "x7" + "Qz!9-" * 9)
OTHER = "Wint€r & 2031: no/match"

Ident = collections.namedtuple("Ident", "user domain mail_domain password")


def check(tool, form, password):
    """What went wrong, or None."""
    tool.account(Ident("jdoe", "CORP", "corp.example", password))
    for value in (password, OTHER):
        target, fields, body = forms.render(form, "jdoe", value)
        tool.send("H", target, body, *fields)
        result = tool.verdict()
        if value == password and not result["found"]:
            return "missed"
        if value == OTHER and (result["found"] or result["asked"]):
            return "reported another password"
    return None


def main():
    tool = Extract(sys.argv[1] if len(sys.argv) > 1 else "t/corpus/extract")
    failed = 0
    for form in forms.FORMS:
        for password in PASSWORDS:
            wrong = check(tool, form, password)
            if wrong:
                failed += 1
                print("%s: %s with %r" % (form[0], wrong, password))
    print("%d forms, %d passwords, %d went wrong" % (
        len(forms.FORMS), len(PASSWORDS), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
