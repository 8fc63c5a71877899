"""A large transfer costs no more memory than a small one, and arrives whole:
a gigabyte through nginx, less in a build with sanitizers."""
# timeout: 300
import hashlib
import os
from lib import scenario
from lib.expect import holds, same
from lib.process import rss_of
from lib.servers import Nginx

SIZE = (128 if scenario.sanitized() else 1024) << 20
GROWTH = (48 if scenario.sanitized() else 16) << 20


def digest(read):
    total = hashlib.sha256()
    while data := read(1 << 18):
        total.update(data)
    return total.hexdigest()


with scenario.start("decrypt all\nallow to any") as s:
    os.mkdir(s.path("nginx"))
    nginx = s.keep(Nginx(s.path("nginx"), s.pki.named("good"),
                         files={"small": b"hello"}))
    block = os.urandom(1 << 20)
    want = hashlib.sha256()
    with open(s.path("nginx", "www", "large"), "wb") as file:
        for _ in range(SIZE >> 20):
            file.write(block)
            want.update(block)

    for url in ("http://www.test:%d/" % nginx.plain,
                "https://www.test:%d/" % nginx.secure):
        with s.case(url.partition(":")[0]):
            same(s.curl(url + "small").body, b"hello", "a small file")
            pid = s.proxy.pids("proxy")[0]
            before = rss_of(pid)
            got = s.path("got")
            curl = s.curl("-o", got, url + "large", seconds=200)
            same((curl.exit, curl.status), (0, 200), curl.errors)
            grown = rss_of(pid) - before
            holds(grown < GROWTH, "memory grew by %d KB" % (grown >> 10))
            with open(got, "rb") as file:
                same(digest(file.read), want.hexdigest(), "content")
            os.unlink(got)
            record = s.record(method="GET", status=200)
            same(record["account"], "alice", "account")
