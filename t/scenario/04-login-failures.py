"""Failed logins slow down, are logged in a form that fail2ban can read, and
don't lock out another account from another address."""
import time
from lib import scenario
from lib.expect import holds, same, within

with scenario.start("limit login-failures 3\nallow to any",
                    accounts=("alice", "bob")) as s:
    origin = s.origin()
    url = "http://%s/" % origin.at
    for _ in range(4):
        same(s.client(password="wrong").get(url).status, 407, "wrong")

    began = time.monotonic()
    reply = s.client(password="wrong", source="127.0.0.1").get(url)
    slowed = time.monotonic() - began
    holds(slowed > 0.3 or reply.get("Retry-After") is not None
          or reply.status == 429,
          "the fifth failure was not slowed: %.2f s, %s" % (
              slowed, reply.start))

    began = time.monotonic()
    same(s.client("bob", source="127.0.0.2").get(url).status, 200,
         "another account from another address")
    holds(time.monotonic() - began < 3, "bob had to wait")
    within("127.0.0.1", [line for line in s.proxy.log().splitlines()
                         if "alice" in line][-1], "the line of log")
