"""The verbs: --help for each, exit statuses 0, 1 and 2, what check and
explain say."""
from lib import scenario
from lib.expect import holds, same, within
from lib.proxy import verb

RULES = """group builders { alice, "ci-*" }
decrypt all
allow group builders to git.corp.example port 22 label "builders"
deny to *.games.example label "no games"
deny to internal
allow to any"""

with scenario.start(RULES) as s:
    conf = s.proxy.conf
    for words in (["run"], ["check"], ["explain"], ["user"], ["ca"],
                  ["status"], ["reload"]):
        with s.case("%s --help" % words[0]):
            done = verb(*words, "--help", check=False)
            same(done.returncode, 0, done.stderr)
            within("usage", done.stdout.lower(), "help")
    for words in ([], ["frobnicate"], ["check", "--frobnicate"],
                  ["explain"], ["user", "frobnicate"]):
        with s.case(" ".join(words) or "no verb"):
            done = verb(*words, check=False)
            same(done.returncode, 2, "exit status")
            within("usage", (done.stdout + done.stderr).lower(), "usage")

    same(verb("check", "-f", conf).returncode, 0, "check")
    s.proxy.write("bad.conf", "allow group finanse to any\n"
                  "group finance { alice }\nlisten on nowhere\n")
    done = verb("check", "-f", s.path("bad.conf"), check=False)
    same(done.returncode, 1, "check of a bad one")
    said = done.stdout + done.stderr
    within('bad.conf:1:13: error: unknown group "finanse"', said, "place")
    within('did you mean "finance"?', said, "hint")
    within("bad.conf:3:", said, "all of them in one go")
    done = verb("check", "-f", s.path("missing.conf"), check=False)
    same(done.returncode, 1, "a file that is not there")

    for account, url, label, verdict in (
            ("alice", "https://git.corp.example:22/", "builders", "allow"),
            ("bob", "https://x.games.example/", "no games", "deny"),
            ("alice", "http://10.0.0.1/", "internal", "deny"),
            ("bob", "http://www.example/", "proxy.conf:", "allow")):
        with s.case("explain %s %s" % (account, url)):
            done = verb("explain", "-f", conf, account, url)
            within(label, done.stdout, "the rule")
            within(verdict, done.stdout.lower(), "the verdict")

    within("alice", verb("user", "list", "-f", conf).stdout, "user list")
    verb("user", "add", "-f", conf, "dora", text="pass word\n")
    within("dora", verb("user", "list", "-f", conf).stdout, "added")
    done = verb("user", "add", "-f", conf, "dora", text="x\n", check=False)
    same(done.returncode, 1, "adding twice")
    verb("user", "passwd", "-f", conf, "dora", text="other\n")
    verb("user", "del", "-f", conf, "dora")
    holds("dora" not in verb("user", "list", "-f", conf).stdout, "deleted")
    same(verb("user", "del", "-f", conf, "dora", check=False).returncode, 1,
         "deleting twice")
    same(verb("ca", "init", "-f", conf, check=False).returncode, 1,
         "an authority is not overwritten")

    origin = s.origin()
    client = s.client()
    client.login = s.client().login
    s.proxy.configure("allow to any")
    verb("reload", "-f", conf)
    same(client.get("http://%s/" % origin.at).status, 200, "a request")
    shown = s.proxy.status("--connections")
    within("alice", shown, "status --connections: account")
    within(str(origin.port), shown, "status --connections: upstream")
