"""Chromium with a PAC file that says HTTPS: it speaks TLS to the proxy, logs
in, and TLS in TLS shows a decrypted page."""
# timeout: 180
import os
import subprocess

from lib import scenario
from lib.badpki import BadPki
from lib.chromium import Chromium
from lib.expect import same, within
from lib.process import free_port
from lib.proxy import PASSWORD
from lib.servers import which

PAGE = "<!doctype html><title>inside</title><h1>Through two layers</h1>"

with scenario.prepare() as s:
    which("chromium")
    pki = BadPki(s.pki)
    cert = pki.server("listener", san="DNS:proxy.test,IP:127.0.0.1")
    os.chmod(cert[1], 0o640)
    port = free_port()
    s.configure("""listen on 127.0.0.1 port %d tls certificate "%s" key "%s"
decrypt all
allow to any""" % (port, *cert)).start()
    origin = s.origin("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
                      "Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE),
                      tls="good")
    # both authorities are trusted: the proxy's own and its certificate's
    home = s.path("home")
    store = os.path.join(home, ".pki", "nssdb")
    os.makedirs(store)
    for words in (["-N", "--empty-password"],
                  ["-A", "-t", "C,,", "-n", "listener", "-i", pki.ca],
                  ["-A", "-t", "C,,", "-n", "sallyport", "-i", s.proxy.ca]):
        subprocess.run([which("certutil"), "-d", "sql:" + store, *words],
                       check=True, capture_output=True)
    pac = "https://127.0.0.1:%d/proxy.pac" % port
    browser = s.keep(Chromium(home, pac, None, "alice", PASSWORD))
    same(browser.open("https://%s/" % origin.named("www.test")), "",
         "decrypted page")
    within("Through two layers", browser.text(), "its text")
    s.record(account="alice", host="www.test", status=200)
    within(str(port), str(s.proxy.records.raw()), "the listener's port")
