#!/bin/bash
# run: every fuzz target for a while, several at a time.
#
#	FUZZ_SECONDS	for each (3600)
#	FUZZ_JOBS	at a time (as many as there are processors)
#
# The seeds are those of the tree; what is found new goes to t/out/fuzz, where
# the next run goes on from it. A target that fails leaves its input there.
set -u

seconds=${FUZZ_SECONDS:-3600}
jobs=${FUZZ_JOBS:-$(nproc 2>/dev/null || echo 2)}
seeds=${srcdir:-.}/t/fuzz/corpus
out=t/out/fuzz
read -ra targets <<<"$FUZZ_TARGETS"
started=0 passed=0 failed=0

# fuzz TARGET: its result is a file beside its log.
fuzz() {
	local name=${1##*/fuzz_}

	mkdir -p "$out/$name"
	if "./$1" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
	    -print_final_stats=1 -artifact_prefix="$out/$name-" \
	    "$out/$name" "$seeds/$name" >"$out/$name.log" 2>&1; then
		touch "$out/$name.ok"
	else
		touch "$out/$name.bad"
	fi
}

stat_of() {
	sed -n "s/^stat::$2: *//p" "$out/$1.log"
}

# Tells of those that are done.
tell() {
	local name

	for name in "${targets[@]##*/fuzz_}"; do
		if [ -e "$out/$name.ok" ]; then
			passed=$((passed + 1))
			echo "PASS: fuzz $name: $(stat_of "$name" \
			    number_of_executed_units) inputs, $(stat_of \
			    "$name" new_units_added) new; $((passed + failed))" \
			    "of ${#targets[@]} done"
		elif [ -e "$out/$name.bad" ]; then
			failed=$((failed + 1))
			echo "FAIL: fuzz $name: see $out/$name.log"
			tail -n 40 "$out/$name.log"
		fi
		rm -f "$out/$name.ok" "$out/$name.bad"
	done
}

mkdir -p "$out"
rm -f "$out"/*.ok "$out"/*.bad
echo "fuzz: ${#targets[@]} targets, $jobs at a time:" \
    "$(((${#targets[@]} + jobs - 1) / jobs)) times $seconds seconds"
for target in "${targets[@]}"; do
	if [ "$started" -ge "$jobs" ]; then
		wait -n
		tell
	fi
	fuzz "$target" &
	started=$((started + 1))
done
while [ $((passed + failed)) -lt ${#targets[@]} ]; do
	wait -n
	tell
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
