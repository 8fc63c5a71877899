#!/bin/bash
# verbs: `sallyport guard` on a cgroup and a BPF file system of its own, from
# check to off, with a daemon that is killed between.
set -u

program=$PWD/sallyport
skip()
{
	echo "verbs: skipped, $*"
	exit 77
}

[ "$(id -u)" = 0 ] || skip "needs root"
command -v setpriv >/dev/null || skip "there is no setpriv"
if [ -z "${GUARD_VERBS_INSIDE-}" ]; then
	unshare -m true 2>/dev/null || skip "cannot make a mount namespace"
	GUARD_VERBS_INSIDE=1 exec unshare -mn "$0"
fi
"$program" guard --help >/dev/null 2>&1 || skip "built without the guard"
ip link set lo up || skip "cannot set up a network namespace"
root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$root" ] || skip "there is no cgroup2"
own=$root$(sed -n 's/^0:://p' /proc/self/cgroup)
group=${own%/}/sallyport-verbs-$$
mkdir "$group" 2>/dev/null || skip "cannot make a cgroup"
dir=$(mktemp -d)
daemon=
bad=0

clean()
{
	[ -z "$daemon" ] || kill "$daemon"
	[ -z "${follower-}" ] || kill "$follower" 2>/dev/null
	wait
	"$program" guard off --pins "$dir/bpf/g" >/dev/null 2>&1
	for _ in 1 2 3 4 5; do
		rmdir "$group" 2>/dev/null && break
		sleep 0.2
	done
	umount "$dir/bpf"
	rm -rf "$dir"
}
trap clean EXIT
mkdir "$dir/bpf"
mount -t bpf none "$dir/bpf" 2>/dev/null || skip "there is no BPF"

# want WORDS COMMAND...: its output has the words
want()
{
	local words=$1 out
	shift
	out=$("$@" 2>&1)
	case $out in
	*"$words"*)	return ;;
	esac
	printf 'verbs: %s\n\twanted: %s\n\tgot: %s\n' "$*" "$words" "$out"
	bad=$((bad + 1))
}

# until COMMAND...: at most five seconds
until_true()
{
	for _ in $(seq 50); do
		"$@" && return
		sleep 0.1
	done
	echo "verbs: waited in vain for: $*"
	bad=$((bad + 1))
}

# exactly what the unit gives, where that can be had
limited=
if setpriv --bounding-set=-all,+bpf,+net_admin,+perfmon true 2>/dev/null; then
	limited="setpriv --bounding-set=-all,+bpf,+net_admin,+perfmon"
fi
start()
{
	$limited "$program" guard run -f "$dir/h.conf" --cgroup "$group" \
	    --pins "$dir/bpf/g" --socket "$dir/feed" 2>>"$dir/log" &
	daemon=$!
	until_true grep -q "in force" "$dir/log"
}

# as LOGIN UID COMMAND...: inside the cgroup; LOGIN - is none
as()
{
	local login=$1 uid=$2
	shift 2
	(
	echo "$BASHPID" >"$group/cgroup.procs"
	[ "$login" = - ] || echo "$login" >/proc/self/loginuid
	exec setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"
	)
}

may_send()
{
	as "$1" "$2" bash -c "echo >/dev/udp/$3/9" 2>/dev/null && echo yes ||
	    echo no
}

# conf LINE...
conf()
{
	printf '%s\n' "record file \"$dir/record\"" "$@" >"$dir/h.conf"
}

cat >"$dir/h.conf" <<-END
	record file "$dir/record"
	allow user daemon to 127.0.0.1
	allow group bin to 127.0.0.2
	deny to any
END
want "is good for a host: 3 rules" "$program" guard check -f "$dir/h.conf"
printf 'deny to www.example\ndeny to any path /a\n' >"$dir/bad.conf"
want "bad.conf:1:1: error: the kernel can't follow this rule: it has a name" \
    "$program" guard check -f "$dir/bad.conf"
want "it has a path" "$program" guard check -f "$dir/bad.conf"
want "it has a name" "$program" guard run -f "$dir/bad.conf" \
    --cgroup "$group" --pins "$dir/bpf/g"
want "there is no filter" "$program" guard status --pins "$dir/bpf/g"

"$program" guard run -f "$dir/h.conf" --cgroup "$group" \
    --pins "$dir/bpf/g" --socket "$dir/feed" 2>"$dir/log" &
sleep 0.1; kill $!; wait $! 2>/dev/null
start
want "CapEff:	0000000000000000" grep CapEff "/proc/$daemon/status"
# the bounding set can be emptied by who may: no_new_privs makes it moot
for set in CapInh CapPrm CapAmb; do
	want "$set:	0000000000000000" grep $set "/proc/$daemon/status"
done
want "NoNewPrivs:	1" grep NoNewPrivs "/proc/$daemon/status"
want "7 programs at the cgroup" "$program" guard status --pins "$dir/bpf/g"
for missing in bpf net_admin perfmon; do
	[ -n "$limited" ] || continue
	want "are needed" ${limited/+$missing/-$missing} "$program" guard run \
	    -f "$dir/h.conf" --cgroup "$group" --pins "$dir/bpf/other"
done
# it holds until the next boot: only its refusal can be tried here
if [ -n "$limited" ]; then
	want "logins can't be locked" $limited "$program" guard run \
	    --lock-logins -f "$dir/h.conf" --cgroup "$group" \
	    --pins "$dir/bpf/locked"
	want "there is no filter" "$program" guard status \
	    --pins "$dir/bpf/locked"
fi
want "daemon: allowed by h.conf:2" "$program" guard explain \
    -f "$dir/h.conf" --pins "$dir/bpf/g" daemon 127.0.0.1:80
want "the filter in force: allowed" "$program" guard explain \
    -f "$dir/h.conf" --pins "$dir/bpf/g" bin 127.0.0.2
want "the filter in force: denied" "$program" guard explain \
    -f "$dir/h.conf" --pins "$dir/bpf/g" bin 127.0.0.3
want "there is no such account" "$program" guard explain \
    -f "$dir/h.conf" --pins "$dir/bpf/g" nobody-of-that-name 127.0.0.3
want "is no address" "$program" guard explain \
    -f "$dir/h.conf" --pins "$dir/bpf/g" bin www.example

"$program" guard events --socket "$dir/feed" >"$dir/events" &
follower=$!
sleep 0.3
want yes may_send 1 1 127.0.0.1
want no may_send 1 1 127.0.0.2
want yes may_send 2 2 127.0.0.2
want no may_send 2 0 127.0.0.1
# root, without a login, isn't asked about
want yes may_send - 0 127.0.0.3
# somebody without a name gets rules when first met
want no may_send - 54321 127.0.0.3
until_true grep -q '"account":"daemon"' "$dir/events"
want '{"v":1,"type":"packet","time":"' cat "$dir/events"
want '"address":"127.0.0.2:9","port":9,"protocol":"udp","hook":"connect"' \
    cat "$dir/events"
want '"uid":1,"loginuid":1,' cat "$dir/events"
want '"program":"bash"' cat "$dir/events"
want '"verdict":"deny","rule":"h.conf:4","reason":"rule"}' cat "$dir/events"
# the record says what the feed says
want "" cmp "$dir/events" "$dir/record"
want 'denied daemon, ' cat "$dir/log"
until_true grep -q '"account":"54321"' "$dir/events"

# a flood is a number, and it is told even if nothing comes after it
flood()
{
	as 2 2 bash -c 'for i in {1..90}; do echo >/dev/udp/127.0.0.9/$i; done'
}
flood 2>/dev/null
mv "$dir/record" "$dir/record.1"
kill -USR1 "$daemon"
until_true test -e "$dir/record"
records()
{
	"$program" guard events --record "$dir/record.1" \
	    --record "$dir/record" | grep -c '"account":"bin"'
}
some_records()
{
	[ "$(records)" -ge 20 ]
}
until_true some_records
[ "$(records)" -lt 60 ] || want "fewer than 60" records

# an error keeps the old rules, a good file is in force at once
echo 'deny to www.example' >"$dir/h.conf"
kill -HUP "$daemon"
until_true grep -q "the rules stay as they are" "$dir/log"
want no may_send 1 1 127.0.0.2
conf "allow to any"
kill -HUP "$daemon"
until_true grep -q "1 rules for" "$dir/log"
want yes may_send 1 1 127.0.0.2
want yes may_send - 54321 127.0.0.3
conf "deny to any"
kill -HUP "$daemon"
denied()
{
	[ "$(may_send 1 1 127.0.0.1)" = no ]
}
until_true denied

# the filter outlives the daemon, and the next one takes it over
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
daemon=
want no may_send 1 1 127.0.0.1
want "7 programs at the cgroup" "$program" guard status --pins "$dir/bpf/g"
: >"$dir/log"
start
want no may_send 1 1 127.0.0.1
kill "$daemon"
wait "$daemon"
daemon=
want '"number":2,"verdict":"deny","reason":"left-out","left_out":' \
    cat "$dir/record"
want "stopped; the filter stays" cat "$dir/log"
want no may_send 1 1 127.0.0.1
want "there is no filter any more" "$program" guard off --pins "$dir/bpf/g"
want yes may_send 1 1 127.0.0.1

echo "verbs: $bad findings"
[ "$bad" = 0 ]
