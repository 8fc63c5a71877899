"""subjects: the proxies that are compared, each doing the same work: a login
by Basic, decryption with verified origins, a line of log for every request.
nginx and HAProxy stand beside as reverse proxies: TLS on both sides, but no
login, no CONNECT and no certificates made on the way."""
import glob
import os
import shutil
import subprocess

from lib.process import Process, children_of, free_port, wait_until
from lib.proxy import PAGES, verb
from lib.servers import accepts, which

USER, PASSWORD = "bench", "correct-horse"


class Subject:
    """A proxy that runs; .address for the load generator, .ca that signs
    what it shows, .direct for reverse proxies, .mints for whom rows about
    certificates made on the way are measured."""
    direct = False
    mints = False

    def __init__(self, rig):
        self.rig = rig
        self.port = free_port()
        self.address = "127.0.0.1:%d" % self.port
        self.dir = os.path.join(rig.dir, self.name)
        os.makedirs(self.dir)
        os.chmod(self.dir, 0o755)
        self.ca = rig.pki.ca
        self.process = None

    def path(self, name):
        return os.path.join(self.dir, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def launch(self, *argv):
        self.process = Process(list(argv), self.path("output"))
        wait_until(lambda: accepts(self.port) or not self.process.alive(),
                   20, self.name + " listens")
        if not self.process.alive():
            raise RuntimeError("%s ended: %s" % (
                self.name, self.process.text()[-1500:]))

    def pids(self):
        """It and all its descendants."""
        found, todo = [], [self.process.pid]
        while todo:
            pid = todo.pop()
            found.append(pid)
            todo += children_of(pid)
        return found

    def role(self, name):
        """The pid of the descendant that runs with that word."""
        for pid in self.pids():
            with open("/proc/%d/cmdline" % pid, "rb") as file:
                if name.encode() in file.read().split(b"\0"):
                    return pid
        raise RuntimeError("%s has no %s" % (self.name, name))

    def stop(self):
        if self.process:
            self.process.stop()


class Sallyport(Subject):
    name = "sallyport"
    mints = True

    def start(self):
        lines = ["listen on 127.0.0.1 port %d" % self.port,
                 'authority "ca.crt" key "ca.key"', 'pages "%s"' % PAGES,
                 'accounts file "accounts"', 'control "control.sock"',
                 'trust only "%s"' % self.rig.pki.ca,
                 'record file "record.json"', "decrypt all", "allow to any",
                 "limit per-account 20000", "limit per-address 20000",
                 "timeout idle 10m"]
        if os.getuid() == 0:
            lines.append('run as "nobody"')
        conf = self.write("proxy.conf", "\n".join(lines) + "\n")
        verb("ca", "init", "-f", conf)
        verb("user", "add", "-f", conf, USER, text=PASSWORD + "\n")
        self.ca = self.path("ca.crt")
        self.launch(os.environ["SALLYPORT"], "run", "-f", conf)
        self.process.wait_for("ready: listening on")


SQUID = """
http_port 127.0.0.1:{port} ssl-bump cert={dir}/ca.pem \
 generate-host-certificates=on dynamic_cert_mem_cache_size=16MB
sslcrtd_program {certgen} -s {dir}/certs -M 16MB
sslcrtd_children 5
tls_outgoing_options cafile={trust}
ssl_bump bump all
auth_param basic program {ncsa} {dir}/passwd
auth_param basic children 5
auth_param basic credentialsttl 2 hours
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
cache deny all
cache_mem 8 MB
access_log stdio:{dir}/access.log
cache_log {dir}/cache.log
pid_filename {dir}/squid.pid
coredump_dir {dir}
client_idle_pconn_timeout 10 minutes
server_idle_pconn_timeout 10 minutes
max_filedescriptors 16384
shutdown_lifetime 0 seconds
visible_hostname squid.test
cache_effective_user {user}
"""


class Squid(Subject):
    name = "squid"

    def _authority(self):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
             "/CN=squid", "-keyout", self.path("ca.key"), "-out",
             self.path("ca.crt")], check=True, capture_output=True)
        with open(self.path("ca.pem"), "w", encoding="ascii") as out:
            for name in ("ca.crt", "ca.key"):
                with open(self.path(name), encoding="ascii") as file:
                    out.write(file.read())
        self.ca = self.path("ca.crt")

    def start(self):
        program = which("squid")
        helpers = [glob.glob("/usr/lib*/squid/" + name) for name in
                   ("security_file_certgen", "basic_ncsa_auth")]
        if not all(helpers):
            raise RuntimeError("squid without security_file_certgen: "
                               "install squid-openssl")
        certgen, ncsa = (found[0] for found in helpers)
        user = "proxy" if os.getuid() == 0 else os.environ.get("USER", "")
        self._authority()
        subprocess.run([certgen, "-c", "-s", self.path("certs"), "-M",
                        "16MB"], check=True, capture_output=True)
        subprocess.run([which("htpasswd"), "-bcB", self.path("passwd"),
                        USER, PASSWORD], check=True, capture_output=True)
        conf = self.write("squid.conf", SQUID.format(
            port=self.port, dir=self.dir, certgen=certgen, ncsa=ncsa,
            trust=self.rig.pki.ca, user=user))
        if os.getuid() == 0:
            subprocess.run(["chown", "-R", "proxy", self.dir], check=True)
        self.launch(program, "-N", "-f", conf)


NGINX = """
daemon off; pid {dir}/nginx.pid; user {user}; worker_processes 2;
error_log stderr error; worker_rlimit_nofile 16384;
events {{ worker_connections 8192; }}
http {{
    access_log {dir}/access.log; keepalive_requests 10000000;
    keepalive_timeout 600s; client_body_temp_path {dir}/b;
    proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
    uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
    ssl_session_cache shared:s:10m; ssl_protocols TLSv1.2 TLSv1.3;
    upstream origin {{ server 127.0.0.1:{origin}; keepalive 256;
        keepalive_requests 10000000; keepalive_timeout 600s; }}
    server {{
        listen 127.0.0.1:{port} ssl backlog=4096;
        ssl_certificate {cert}; ssl_certificate_key {key};
        location / {{
            proxy_pass https://origin; proxy_http_version 1.1;
            proxy_set_header Connection ""; proxy_ssl_verify on;
            proxy_ssl_trusted_certificate {trust}; proxy_ssl_name localhost;
            proxy_ssl_server_name on; proxy_max_temp_file_size 0;
        }}
    }}
}}
"""


class NginxReverse(Subject):
    name = "nginx"
    direct = True

    def start(self):
        cert, key = self.rig.pki.named("good")
        conf = self.write("nginx.conf", NGINX.format(
            dir=self.dir, port=self.port, origin=self.rig.port, cert=cert,
            key=key, trust=self.rig.pki.ca,
            user="root" if os.getuid() == 0 else "nobody"))
        self.launch(which("nginx"), "-c", conf, "-p", self.dir)


HAPROXY = """
global
    nbthread 2
    maxconn 8192
    log stdout format raw local0
    ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
    mode http
    log global
    option httplog
    timeout connect 10s
    timeout client 600s
    timeout server 600s
    timeout http-keep-alive 600s
frontend in
    bind 127.0.0.1:{port} ssl crt {dir}/both.pem
    default_backend origin
backend origin
    http-reuse always
    server one 127.0.0.1:{origin} ssl verify required ca-file {trust} \
 sni str(localhost) verifyhost localhost
"""


class Haproxy(Subject):
    name = "haproxy"
    direct = True

    def start(self):
        with open(self.path("both.pem"), "wb") as out:
            for part in self.rig.pki.named("good"):
                with open(part, "rb") as file:
                    shutil.copyfileobj(file, out)
        conf = self.write("haproxy.cfg", HAPROXY.format(
            dir=self.dir, port=self.port, origin=self.rig.port,
            trust=self.rig.pki.ca))
        self.launch(which("haproxy"), "-db", "-f", conf)
