#!/bin/sh
# words: every keyword of proxy.conf's parser, and every limit and timeout
# with its default and bounds, those of a directory too, stands in
# proxy.conf(5), every reason of a record in sallyport-record(5), every counter
# of `sallyport status` in sallyport(8); mandoc finds nothing to warn of in the
# manual pages.
set -u

: "${srcdir:=.}"
page=$srcdir/man/proxy.conf.5
conf=$srcdir/src/conf
bad=0

fail()
{
	echo "words: $*" >&2
	bad=$((bad + 1))
}

# Rows of the parser's tables, `{ "word", function, …`, and the words that
# statements take or expect by name.
keywords()
{
	sed -n \
	    -e 's/^	{ "\([a-z-]*\)", .*/\1/p' \
	    -e 's/.*parse_take(parser, "\([a-z-]*\)").*/\1/p' \
	    -e 's/.*parse_expect(parser, "\([a-z]*\)").*/\1/p' \
	    -e 's/.*slice_eq_str(token->text, "\(system\)").*/\1/p' \
	    "$conf"/settings.c "$conf"/selective.c "$conf"/terms.c \
	    "$conf"/rules.c "$conf"/guarding.c "$conf"/credentials.c \
	    "$conf"/origins.c "$conf"/directory.c "$conf"/authenticate.c \
	    "$conf"/parse.c |
	    sort -u
}

# name default least most, in bytes, milliseconds or pieces
numbers_of_code()
{
	tr '\n' ' ' <"$conf"/defaults.def |
	    grep -o "$1([a-z_]*, \"[^)]*" |
	    sed -e 's/^[A-Z]*([a-z_]*, "//' -e 's/"//' |
	    awk -F', *' '
	function value(text,    part, n, i, product) {
		product = 1
		n = split(text, part, / *\* */)
		for (i = 1; i <= n; i++)
			product *= part[i] in unit ? unit[part[i]] : part[i]
		return product
	}
	BEGIN {
		unit["KIB"] = 1024; unit["MIB"] = 1024 ^ 2
		unit["GIB"] = 1024 ^ 3; unit["SECOND"] = 1000
		unit["MINUTE"] = 60000; unit["HOUR"] = 3600000
		unit["DAY"] = 86400000
	}
	{ printf "%s %.0f %.0f %.0f\n", $1, value($2), value($3), value($4) }'
}

numbers_of_page()
{
	sed -n "/^\.\\\\\" $1:/,/^\.El/s/^\.It //p" "$page" |
	    awk -F' Ta ' -v kind="$1" '
	function value(text,    number, word) {
		number = word = text
		sub(/[a-z]+$/, "", number)
		sub(/^[0-9]+/, "", word)
		if (text == "none")
			return 0
		if (kind == "timeouts" && word == "m")
			return number * 60000
		return number * unit[word]
	}
	BEGIN {
		unit[""] = 1; unit["k"] = 1024; unit["m"] = 1024 ^ 2
		unit["g"] = 1024 ^ 3; unit["ms"] = 1; unit["s"] = 1000
		unit["h"] = 3600000; unit["d"] = 86400000
	}
	{ printf "%s %.0f %.0f %.0f\n", $1, value($2), value($3), value($4) }'
}

compare_numbers()
{
	code=$(numbers_of_code "$1")
	said=$(numbers_of_page "$2")
	rows=$(echo "$code" | wc -l)
	[ "$rows" -ge 10 ] || fail "only $rows $2 found in defaults.def"
	[ "$code" = "$said" ] || fail "proxy.conf(5) and defaults.def tell" \
	    "different $2:
$said
--- code:
$code"
}

# The numbers of a `directory`: "name default D, from A to B".
directory_numbers()
{
	tr '\n' ' ' <"$conf"/directory_numbers.c |
	    grep -o '\(TIME\|NUMBER\)([a-z]*, "[a-z]*",[^"]*' |
	    awk -F'[(,"]' '
	function text(value,    part, n) {
		gsub(/^ +| +$/, "", value)
		n = split(value, part, / *\* */)
		if ($1 == "NUMBER")
			return value
		if (value == "0")
			return "0s"
		if (part[n] ~ /^[0-9]/)
			return value "ms"
		return (n > 1 ? part[1] : 1) tolower(substr(part[n], 1, 1))
	}
	{ printf "%s default %s, from %s to %s\n", $4, text($6), text($7),
	    text($8) }'
}

compare_directory()
{
	items=$(sed -n '/^\.Sh DIRECTORIES/,/^\.Sh PAGES/p' "$page" |
	    tr '\n' ' ' | sed 's/ \.It /\n/g')
	rows=0
	while read -r name said; do
		rows=$((rows + 1))
		echo "$items" | grep -q "^$name .*${said}[. ]" ||
		    fail "proxy.conf(5), directory: $name: $said"
	done <<-EOF
	$(directory_numbers)
	EOF
	[ "$rows" -ge 11 ] || fail "only $rows numbers of a directory found"
}

count=0
for word in $(keywords); do
	count=$((count + 1))
	grep -q "\"$word\"" "$page" || fail "\"$word\" is not in the grammar"
	grep -Eq "Ic (not Oc )?.*\b$word\b|Ic .* $word\b" "$page" ||
	    fail "\"$word\" is not explained"
done
[ "$count" -ge 45 ] || fail "only $count keywords found"
compare_numbers LIMIT limits
compare_numbers TIMEOUT timeouts
compare_directory

# Every reason, with the status of its answer; 0: there is none.
reasons=$(sed -n 's/^REASON([A-Z0-9_]*, "\([a-z0-9-]*\)", \([0-9]*\),.*/\1 \2/p' \
    "$srcdir/src/policy/reasons.def")
[ "$(echo "$reasons" | wc -l)" -ge 40 ] || fail "few reasons found"
while read -r word status; do
	case $status in
	0) said="$word" ;;
	*) said="$word Pq $status" ;;
	esac
	grep -q "^\.It Cm $said\$" \
	    "$srcdir/man/sallyport-record.5" ||
	    fail "sallyport-record(5) has no reason $word ($status)"
done <<EOF
$reasons
EOF

# Members of the objects that processes tell their counters in.
counters()
{
	(cd "$srcdir/src" && cat proxy/status.c signer/signer.c \
	    directory/desk.c directory/file.c directory/inquiry.c \
	    directory/keeper.c directory/ldap_base.c directory/ldap_known.c \
	    directory/ldap_pool.c directory/ldap_provider.c \
	    directory/ldap_servers.c directory/ldap_slots.c \
	    directory/negotiate.c directory/onward.c directory/tally.c \
	    directory/warden.c directory/ways.c guard/warden.c \
	    alerter/alerter.c) | awk '
	/^put_account\(/ { passed = 1 } # connections, not counters
	/^status_answer\(/ { passed = 0 }
	!passed' | tr '\n\t' '  ' |
	    grep -o 'json_[a-z0-9]*( *json, *"[a-z_]*"' |
	    sed 's/.*"\(.*\)"/\1/' | sort -u
}

count_counters=0
section=$(sed -n '/^\.Sh COUNTERS/,/^\.Sh LOG/p' "$srcdir/man/sallyport.8" |
    grep -w 'Li\|^credentials_[a-z]*\|^container')
for word in $(counters); do
	case $word in
	role | index) continue ;; # whose they are
	esac
	count_counters=$((count_counters + 1))
	echo "$section" | grep -q "\(^\| \)$word\( \|\$\)" ||
	    fail "sallyport(8) has no counter $word"
done
[ "$count_counters" -ge 90 ] || fail "only $count_counters counters found"

if command -v mandoc >/dev/null 2>&1; then
	for manual in "$srcdir"/man/*.[1-9]; do
		mandoc -Tlint -W warning "$manual" >&2 ||
		    fail "$manual is not clean"
	done
else
	echo "words: mandoc isn't here, the manual pages are not linted"
fi

echo "words: $count keywords, $count_counters counters, $bad findings"
[ "$bad" -eq 0 ]
