"""The service's password is changed in the directory and in its file: a
connection that is up goes on, those that are made anew after a reload use the
new one; with a wrong file people get 503, and the right one heals it."""
# timeout: 120
import time

from lib import scenario
from lib.expect import same
from lib.process import wait_until
from lib.slapd import SERVICE, Slapd, configure, person

RIGHT = "cor:rect h0rse"
PEOPLE = ["p%03d" % i for i in range(200)]
NEW, NEWER = "another s3cret", "a third s3cret"


def login():
    """Somebody who has to be looked for, on a connection of the service."""
    return s.client(PEOPLE.pop(), RIGHT).get(url).status


def login_works():
    """Asked again and again, of somebody else each time."""
    time.sleep(0.2)
    return login() == 200


def change(password):
    slapd.modify("dn: %s\nchangetype: modify\nreplace: userPassword\n"
                 "userPassword: %s\n" % (SERVICE, password))


def write(password):
    with open(s.path("ldap.secret"), "w", encoding="utf-8") as file:
        file.write(password + "\n")


def drop_connections():
    slapd.stop()
    slapd.start()


with scenario.prepare() as s:
    slapd = s.keep(Slapd(s.path("slapd"), s.pki, "".join(
        person(name, RIGHT) for name in PEOPLE)))
    proxy = configure(s, slapd, "timeout connect 2s", trouble=True,
                      rules="limit login-failures 1000\nallow to any").start()
    url = "http://%s/" % s.origin().at
    same(login(), 200, "at first")

    change(NEW)
    write(NEW)
    proxy.reload()
    same(login(), 200, "on the connection that is up")
    drop_connections()
    wait_until(login_works, 20, "with the new password")
    same("Invalid credentials" in proxy.log(), False, "the old one was tried")

    # the directory has another one, of which the file knows nothing
    change(NEWER)
    drop_connections()
    wait_until(lambda: "Invalid credentials" in proxy.log(), 20,
               "the bind of the service fails")
    proxy.wait_log("bind as the service")
    same(login(), 503, "nobody can be looked for")
    write(NEWER)
    proxy.reload()
    wait_until(login_works, 10, "the file is right again")
    proxy.wait_log("works again")
    for word in (NEW, NEWER):
        same(word in proxy.log(), False, "a password in the log")
