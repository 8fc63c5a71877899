"""A password that is changed, or an account that is deleted, ends what a
worker remembers of the login: the old one fails within seconds, not when
the memory would have run out."""
from lib import scenario
from lib.expect import same
from lib.proxy import verb
from lib.process import wait_until

NEW = "another h0rse entirely"

with scenario.start("timeout login-cache 1h\nallow to any") as s:
    origin = s.origin()
    url = "http://%s/" % origin.at
    same(s.client().get(url).status, 200, "the old password")
    same(s.client().get(url).status, 200, "remembered")

    verb("user", "passwd", "-f", s.proxy.conf, "alice", text=NEW + "\n")
    wait_until(lambda: s.client().get(url).status == 407, 10,
               "the old password fails")
    same(s.client(password=NEW).get(url).status, 200, "the new one")

    verb("user", "del", "-f", s.proxy.conf, "alice")
    wait_until(lambda: s.client(password=NEW).get(url).status in (407, 429),
               10, "a deleted account fails")
