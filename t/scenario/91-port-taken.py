"""A second proxy on the same port is refused with a word, instead of taking
every other connection of the first."""
import subprocess
from lib import scenario
from lib.expect import same, within
from lib.proxy import program

with scenario.start("allow to any") as s:
    with open(s.proxy.conf, encoding="utf-8") as file:
        text = file.read().replace("control.sock", "second.sock")
    s.proxy.write("second.conf", text)
    second = subprocess.run(
        [program(), "run", "-f", s.proxy.path("second.conf")],
        capture_output=True, text=True, timeout=20, check=False)
    same(second.returncode, 1, "exit status")
    within("in use", second.stderr, "why")
    same(s.client().get("http://%s/" % s.origin().at).status, 200,
         "the first goes on")
