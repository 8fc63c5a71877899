#!/bin/sh
# layers: every file of src includes its own room and lower ones, and every
# library is used where it belongs. Prints file:line for each that doesn't.
#
# usage: layers.sh [SRC]

src=${1:-${srcdir:-.}/src}
[ -d "$src" ] || { echo "layers: no directory $src" >&2; exit 1; }

find "$src" -type f \( -name '*.[ch]' -o -name '*.def' \) | sort |
awk -v src="$src/" '
BEGIN {
	# the layers, lowest first; rooms of one layer never include each other
	split("base;conf http net ipc;policy credential;" \
	    "proxy signer directory guard alerter;cli;main.c", layers, ";")
	for (level in layers) {
		n = split(layers[level], rooms, " ")
		for (i = 1; i <= n; i++)
			level_of[rooms[i]] = level + 0
	}
	# header; files that may include it (by path from src)
	only["^(ldap|lber|ldif|sasl/.*)\\.h$"] = "^directory/"
	only["^(gssapi|krb5|gssapi/.*|gssrpc/.*)\\.?h?$"] = "^directory/"
	only["^openssl/"] = \
	    "^(net|signer|directory)/|^base/(secret|keyed)|^credential/.*token"
	only["^llhttp\\.h$"] = "^http/h1_fields"
	only["^bpf/"] = "^guard/"
	only["^linux/bpf"] = "^guard/|^ipc/sandbox"
	only["^(event2/|event\\.h$)"] = \
	    "^(http|net|ipc|proxy|signer|directory|guard|alerter|cli)/|^main\\.c$"
}

function room_of(path) {
	return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : path
}

function complain(line, words) {
	printf "%s:%d: %s\n", src file, line, words
	bad++
}

function check_project(line, header,    mine, theirs) {
	mine = room_of(file)
	theirs = room_of(header)
	if (!(mine in level_of))
		complain(line, "no layer is known for " mine)
	else if (!(theirs in level_of) || header !~ /\//)
		complain(line, "\"" header "\" is no path from src")
	else if (mine != theirs && level_of[theirs] >= level_of[mine])
		complain(line, mine " may not include " header)
}

function check_library(line, header,    pattern) {
	for (pattern in only)
		if (header ~ pattern && file !~ only[pattern])
			complain(line, "<" header "> does not belong here")
}

function check(line, text) {
	if (text !~ /^[ \t]*#[ \t]*include/)
		return
	includes++
	if (match(text, /"[^"]*"/)) {
		check_project(line, substr(text, RSTART + 1, RLENGTH - 2))
		# a quoted library header would pass unseen
		check_library(line, substr(text, RSTART + 1, RLENGTH - 2))
	} else if (match(text, /<[^>]*>/)) {
		check_library(line, substr(text, RSTART + 1, RLENGTH - 2))
	} else {
		complain(line, "an include that names no file")
	}
}

{
	path = $0
	file = substr(path, length(src) + 1)
	files++
	line = 0
	while ((getline text < path) > 0)
		check(++line, text)
	close(path)
}

END {
	if (!includes) {
		print "layers: found nothing to check under " src
		exit 1
	}
	printf "layers: %d files, %d includes, %d out of place\n", files,
	    includes, bad
	exit bad > 0
}'
