"""Old passwords leave the filter by themselves: `rotate` in proxy.conf is
carried out by the running proxy, what somebody still logs in with stays."""
import time

from lib import filtered
from lib.expect import holds, same
from lib.process import wait_until
from lib.proxy import PASSWORD, verb

OLD = "Autumn-2024-gone"


def has(s, account, password):
    return verb("filter", "test", "-f", s.proxy.conf, account,
                text=password + "\n", check=False).stdout == "maybe\n"


def since(s):
    """When its generations began, the newest first."""
    text = verb("filter", "info", "-f", s.proxy.conf).stdout
    return [line for line in text.split("\n") if "since" in line]


def rotate(conf, text, age):
    before, line = text.split('key "filter.key"')
    with open(conf, "w") as file:
        file.write(before + 'key "filter.key" rotate ' + age + line)


with filtered.start("credentials block to any\nallow to any",
                    lines=["bob:" + OLD],
                    accounts=("alice", "bob")) as s:
    conf = s.proxy.conf
    text = open(conf).read()
    with s.case("not before its time"):
        begun = since(s)
        verb("filter", "rotate", "--due", "-f", conf)
        same(since(s), begun, "without a word of it")
        rotate(conf, text, "3650d")
        verb("filter", "rotate", "--due", "-f", conf)
        same(since(s), begun, "ten years too early")
    s.proxy.stop()
    rotate(conf, text, "1s")
    with s.case("the running proxy rotates"):
        time.sleep(1.1)
        s.proxy.start()
        wait_until(lambda: since(s) != begun, 15, "the rotation")
        holds(has(s, "bob", OLD), "the old password, in the old generation")
    with s.case("what is in use stays"):
        s.client().get("http://%s/" % s.origin().at)
        wait_until(lambda: has(s, "alice", PASSWORD), 10, "learned anew")
        time.sleep(1.1)
        verb("filter", "rotate", "--due", "-f", conf)
        holds(not has(s, "bob", OLD), "the old password has left")
        holds(has(s, "alice", PASSWORD), "the one in use")
