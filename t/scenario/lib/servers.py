"""servers: real programs as origins: nginx and openssl s_server."""
import os
import shutil

from lib.expect import Skip
from lib.process import Process, free_port, wait_until

_NGINX = """
daemon off; master_process off; pid {dir}/nginx.pid; user {user};
error_log stderr notice; worker_rlimit_nofile 4096;
events {{ worker_connections 1024; }}
http {{
    access_log off; client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
    uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
    keepalive_requests 100000; client_max_body_size 0;
    server {{
        listen 127.0.0.1:{plain}; listen 127.0.0.1:{secure} ssl;
        ssl_certificate {cert}; ssl_certificate_key {key};
        root {dir}/www; {more}
    }}
}}
"""


def which(name):
    found = shutil.which(name, path=os.environ.get("PATH", "")
                         + ":/usr/sbin:/sbin")
    if not found:
        raise Skip(name + " is not installed")
    return found


class Nginx:
    """Serves directory/www on .plain and, with TLS, on .secure."""

    def __init__(self, directory, tls, more="", files=None):
        program = which("nginx")
        self.plain, self.secure = free_port(), free_port()
        www = os.path.join(directory, "www")
        os.makedirs(www, exist_ok=True)
        for name, content in (files or {}).items():
            with open(os.path.join(www, name), "wb") as file:
                file.write(content)
        conf = os.path.join(directory, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(_NGINX.format(
                dir=directory, plain=self.plain, secure=self.secure,
                cert=tls[0], key=tls[1], more=more,
                user="root" if os.getuid() == 0 else "nobody"))
        self.process = Process(
            [program, "-c", conf, "-p", directory],
            os.path.join(directory, "nginx.log"))
        wait_until(lambda: accepts(self.secure), 10, "nginx listens")

    def close(self):
        self.process.stop()


class OpensslServer:
    """`openssl s_server -www` with further options, on .port."""

    def __init__(self, directory, tls, *options):
        self.port = free_port()
        self.process = Process(
            [which("openssl"), "s_server", "-accept",
             "127.0.0.1:%d" % self.port, "-cert", tls[0], "-key", tls[1],
             "-www", "-quiet", *options],
            os.path.join(directory, "s_server-%d.log" % self.port))
        wait_until(lambda: accepts(self.port), 10, "s_server listens")

    def close(self):
        self.process.stop()


class GnutlsServer:
    """`gnutls-serv --http` with a priority string, on .port: it still knows
    suites that OpenSSL is built without."""

    def __init__(self, directory, tls, priority):
        self.port = free_port()
        self.process = Process(
            [which("gnutls-serv"), "--http", "--quiet", "--port",
             str(self.port), "--x509certfile", tls[0], "--x509keyfile",
             tls[1], "--priority", priority],
            os.path.join(directory, "gnutls-serv-%d.log" % self.port))
        wait_until(lambda: accepts(self.port), 10, "gnutls-serv listens")

    def close(self):
        self.process.stop()


def accepts(port):
    """Is there a listener on that loopback port?"""
    want = ":%04X" % port
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as file:
            for line in file:
                words = line.split()
                if words[1].endswith(want) and words[3] == "0A":
                    return True
    return False
