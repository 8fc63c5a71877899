#!/bin/sh
# style: the tree is as .clang-format says. `make format` makes it so.

top=${srcdir:-.}
tool=${CLANG_FORMAT:-clang-format}

# versions differ in what they do with the same settings
"$tool" --version 2>/dev/null | grep -q 'version 14\.' || {
	echo "style: skipped, no clang-format 14"
	exit 77
}
cd "$top" || exit 1
files=$(find src t -type f -name '*.[ch]' | sort)
[ -n "$files" ] || { echo "style: found nothing to check"; exit 1; }
# shellcheck disable=SC2086 # names without blanks, many of them
"$tool" --dry-run -Werror --ferror-limit=1 $files
