"""One address of a name doesn't answer at all: the other one is tried beside
it after a moment, not after the time-out; IPv6 is dialled, too."""
import socket
import time
from lib import scenario
from lib.expect import holds, same


def fill(address, port):
    """A listener whose queue is full: further connects hang."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(0)
    held = [listener]
    for _ in range(8):
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex((address, port))
        held.append(one)
    time.sleep(0.2)
    return held


with scenario.start("timeout connect 10s\nallow to any", dns={
        "both.test": ["127.0.0.2", "127.0.0.1"],
        "dead.test": ["127.0.0.2"],
        "six.test": ["::1"]}) as s:
    origin = s.origin()
    held = fill("127.0.0.2", origin.port)
    began = time.monotonic()
    reply = s.client().get("http://%s/" % origin.named("both.test"))
    same(reply.status, 200, reply.start)
    # with the slow one it would be ten
    holds(time.monotonic() - began < 8, "it took %.1f s" % (
        time.monotonic() - began))

    s.proxy.configure("timeout connect 1s\nallow to any")
    s.proxy.reload()
    began = time.monotonic()
    reply = s.client().get("http://%s/" % origin.named("dead.test"))
    same(reply.status, 504, reply.start)
    holds(time.monotonic() - began < 5, "the time-out")

    six = s.origin(address="::1")
    same(s.client().get("http://%s/" % six.named("six.test")).status, 200,
         "a name with IPv6 only")
    same(s.client().get("http://%s/" % six.at).status, 200, "a literal")
    for one in held:
        one.close()
