#!/bin/sh
# replay: every fuzz target over its seeds.

corpus=${srcdir:-.}/t/fuzz/corpus
failed=0

[ -n "$FUZZ_TARGETS" ] || { echo "replay: no targets"; exit 1; }
for target in $FUZZ_TARGETS; do
	name=${target##*/fuzz_}
	if [ -z "$(ls "$corpus/$name" 2>/dev/null)" ]; then
		echo "replay: no seeds in $corpus/$name"
		failed=1
		continue
	fi
	# shellcheck disable=SC2086 # none or one argument
	"./$target" $REPLAY_ARGS "$corpus/$name" || {
		echo "replay: $name failed"
		failed=1
	}
done
exit $failed
