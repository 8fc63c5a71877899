"""The memory for bodies that are looked into is full: a form is looked into
all the same. Bodies that have gone on to the origin take none of it."""
import time

from lib import filtered
from lib.expect import same
from lib.filtered import form
from lib.proxy import PASSWORD
from urllib.parse import quote

RULES = """limit inspect-memory 1m
credentials block to any
allow to any"""


def silent(conn):
    conn.message()
    time.sleep(8)


with filtered.start(RULES) as s:
    origin = s.origin()
    slow = s.origin(serve=silent)
    url = "http://%s/" % origin.at
    secret = "pass=" + quote(PASSWORD)
    big = "a=" + "x " * 300000 + "&" + secret

    # gone on to an origin that doesn't answer
    for _ in range(3):
        s.client().request("POST", "http://%s/" % slow.at, body=b"y" * 600000)
    time.sleep(0.5)
    same(form(s.client(), url, big).status, 403, "beside what has gone on")

    # sent but for the last byte
    for _ in range(3):
        s.client().send("POST %s HTTP/1.1\r\nHost: %s\r\n%s"
                        "Content-Length: 600001\r\n\r\n%s" % (
                            url, origin.at, s.client().login, "y" * 600000))
    time.sleep(0.5)
    same(form(s.client(), url, secret).status, 403, "a form, memory full")
    same(origin.requests, [], "at the origin")
