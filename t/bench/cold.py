"""cold: an origin of many names, each with a certificate of its own, so that
no connection finds a leaf certificate that is already there."""
import os

from lib.process import Process, free_port, wait_until
from lib.servers import accepts, which

SUFFIX = "cold.test"

NGINX = """
daemon off; master_process off; pid {dir}/nginx.pid; user {user};
error_log stderr error; worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log off; client_body_temp_path {dir}/b;
    proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
    uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
    server_names_hash_max_size 8192; server_names_hash_bucket_size 64;
    root {www}; keepalive_timeout 600s; ssl_protocols TLSv1.2 TLSv1.3;
    {servers}
}}
"""

SERVER = """server {{ listen 127.0.0.1:{port} ssl; server_name {name};
        ssl_certificate {cert}; ssl_certificate_key {key}; }}
"""


class ColdOrigin:
    """Serves www for 1.cold.test, 2.cold.test … on .port, so many names."""

    def __init__(self, directory, pki, www, names):
        os.makedirs(directory)
        self.port = free_port()
        servers = []
        for i in range(1, names + 1):
            name = "%d.%s" % (i, SUFFIX)
            cert, key = pki.quick(name)
            servers.append(SERVER.format(
                port=self.port, name=name, cert=cert, key=key))
        conf = os.path.join(directory, "nginx.conf")
        with open(conf, "w", encoding="utf-8") as file:
            file.write(NGINX.format(
                dir=directory, www=www, servers="    ".join(servers),
                user="root" if os.getuid() == 0 else "nobody"))
        self.process = Process([which("nginx"), "-c", conf, "-p", directory],
                               os.path.join(directory, "nginx.log"))
        wait_until(lambda: accepts(self.port), 20, "the cold origin listens")

    def close(self):
        self.process.stop()
