"""Internal destinations are denied where no rule allows them, however they
are spelt and whatever name leads there; nothing is dialled."""
from lib import scenario
from lib.expect import same

SPELLINGS = """127.0.0.1 127.1 127.0.1 0x7f.1 0x7f000001 2130706433
017700000001 0177.0.0.1 0 0.0.0.0 127.0.0.1. [::1] [::] [::ffff:127.0.0.1]
[::ffff:7f00:1] [0:0:0:0:0:0:0:1] [64:ff9b::7f00:1] [2002:7f00:1::]
169.254.169.254 [fe80::1] 10.0.0.1 172.16.0.1 192.168.1.1 [fc00::1]
100.64.0.1 224.0.0.1 255.255.255.255 localhost LOCALHOST localhost.
inside.test INSIDE.test. mapped.test mixed.test corp.example
""".split()

with scenario.start("decrypt all\ninternal { 10.0.0.0/8, 172.16.0.0/12, "
                    "192.168.0.0/16, 100.64.0.0/10, fc00::/7, "
                    "corp.example }\nallow user nobody to any",
                    dns={"inside.test": ["127.0.0.1"],
                         "mapped.test": ["::ffff:127.0.0.1"],
                         "mixed.test": ["127.0.0.1", "::1"],
                         "corp.example": ["127.0.0.1"]}) as s:
    origin = s.origin()
    for host in SPELLINGS:
        with s.case("http " + host):
            reply = s.client().get("http://%s:%d/" % (host, origin.port))
            # what is no spelling of anything may be refused as such
            same(reply.status in (400, 403), True, reply.start)
        with s.case("CONNECT " + host):
            client = s.client()
            reply = client.connect("%s:%d" % (host, origin.port))
            if reply.status == 200:
                client.send("GET / HTTP/1.1\r\nHost: %s:%d\r\n\r\n" % (
                    host, origin.port))
                same(client.reply().status in (400, 403), True, "inside")
            else:
                same(reply.status in (400, 403), True, reply.start)
    same(len(origin.connections), 0, "connections to the origin")
