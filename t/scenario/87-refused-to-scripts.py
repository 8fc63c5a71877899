"""A script of any site may learn that a request was refused, and why, but
never who is logged in: pages that name the account are not for scripts."""
from lib import scenario
from lib.expect import absent, same, within

ORIGIN = "Origin: http://evil.test\r\n"
ALLOW = "Access-Control-Allow-Origin"

with scenario.start("deny to any") as s:
    client = s.client()
    url = "http://www.test/"
    reply = client.get(url, ORIGIN + "Accept: */*\r\n")
    same((reply.status, reply.get(ALLOW)), (403, "http://evil.test"), "fetch")
    within("denied", reply.text(), "the reason")
    absent("alice", reply.text(), "who is logged in")
    reply = client.get(url, ORIGIN + "Accept: text/html\r\n")
    within("alice", reply.text(), "the page")
    same(reply.get(ALLOW), None, "who may read the page")
