"""The proxy answers its own address: setup page, CA, PAC; directly and, under
sallyport.internal, through itself."""
import hashlib
import ssl
import subprocess
from lib import scenario
from lib.expect import holds, same, within
from lib.proxy import verb

TOOLS = ["Firefox", "Chromium", "curl", "git", "npm", "pip", "Java",
         "update-ca-certificates"]

with scenario.start('decrypt all\nallow to any\npac direct *.direct.test\n',
                    name="gate.test") as s:
    with open(s.proxy.ca, encoding="ascii") as file:
        pem = file.read()
    der = ssl.PEM_cert_to_DER_cert(pem)
    print_ = hashlib.sha256(der).hexdigest().upper()
    print_ = ":".join(print_[i:i + 2] for i in range(0, 64, 2))

    def local(path, user=None):
        client = s.client(user)
        client.send("GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (
            path, s.proxy.port))
        return client.reply()

    def through(path):
        return s.client().get("http://sallyport.internal" + path)

    links = {}
    for ask in (local, through):
        with s.case(ask.__name__):
            page = ask("/")
            same(page.status, 200, "setup page")
            within("text/html", page.get("Content-Type"), "type")
            within(print_, page.text().upper(), "fingerprint")
            within("/proxy.pac", page.text(), "PAC address")
            for tool in TOOLS:
                within(tool, page.text(), "tool")
            for path, want in (("/ca.crt", pem), ("/ca.pem", pem),
                               ("/ca.der", der), ("/ca.cer", der)):
                if '"%s"' % path in page.text() or path in page.text():
                    links[path] = True
                    got = ask(path)
                    same(got.status, 200, path)
                    same(got.body in (der, pem.encode()), True, path)
            for path in ("/proxy.pac", "/wpad.dat"):
                pac = ask(path)
                same(pac.status, 200, path)
                same(pac.get("Content-Type").partition(";")[0],
                     "application/x-ns-proxy-autoconfig", "MIME type")
                within("FindProxyForURL", pac.text(), path)
                within(":%d" % s.proxy.port, pac.text(), "the proxy in it")
                within("direct.test", pac.text(), "past the proxy")
            same(ask("/nothing-here").status, 404, "an unknown path")
    holds(len(links) >= 2, "the CA in PEM and DER: %r" % links)

    # the PEM and what `ca show` says are the same
    within(print_, verb("ca", "show", "-f", s.proxy.conf).stdout.upper(),
           "ca show")
    done = subprocess.run(["openssl", "x509", "-in", s.proxy.ca, "-noout",
                           "-text"], capture_output=True, text=True,
                          check=True)
    within("CA:TRUE", done.stdout, "the CA")

    # a POST to it, HEAD, and a path out of it
    client = s.client(None)
    client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
    same(client.reply("HEAD").status, 200, "HEAD")
    same(local("/../../etc/passwd").status, 404, "no files")
