#!/bin/sh
# layers_self: t/layers.sh finds what it is there to find.

here=${srcdir:-.}/t
tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
failed=0

# one FILE LINE...: the tree is that one file; says what layers.sh answers
try() {
	rm -rf "$tree"/src
	mkdir -p "$tree/src/$(dirname "$1")"
	printf '%s\n' "$2" >"$tree/src/$1"
	sh "$here/layers.sh" "$tree/src" >"$tree/out" 2>&1
}

passes() {
	try "$1" "$2" && return
	echo "refused: $1: $2"
	cat "$tree/out"
	failed=1
}

refuses() {
	if try "$1" "$2"; then
		echo "passed: $1: $2"
		failed=1
	elif ! grep -q "src/$1:1: " "$tree/out"; then
		echo "not named: $1:1"
		cat "$tree/out"
		failed=1
	fi
}

passes base/a.c '#include "base/b.h"'
passes net/a.c '#include "base/b.h"'
passes policy/a.c '#include "http/b.h"'
passes proxy/a.c '#include "credential/b.h"'
passes cli/a.c '#include "guard/b.h"'
passes main.c '#include "cli/b.h"'
passes ipc/a.c '#include "ipc/msg.def"'
passes base/a.c '#include <string.h>'
passes base/secret.c '#include <openssl/crypto.h>'
passes net/a.c '#include <openssl/ssl.h>'
passes credential/token.c '#include <openssl/evp.h>'
passes http/h1_fields.c '#include <llhttp.h>'
passes directory/a.c '#include <ldap.h>'
passes directory/a.c '#include <gssapi/gssapi.h>'
passes guard/a.c '#include <bpf/libbpf.h>'
passes proxy/a.c '#include <event2/event.h>'

refuses base/a.c '#include "net/b.h"'
refuses base/a.h '#include "conf/b.h"'
refuses net/a.c '#include "http/b.h"'
refuses conf/a.c '#include "ipc/b.h"'
refuses policy/a.c '#include "credential/b.h"'
refuses proxy/a.c '#include "signer/b.h"'
refuses directory/a.c '  #  include "proxy/b.h"'
refuses guard/a.c '#include "cli/b.h"'
refuses ipc/a.def '#include "policy/b.h"'
refuses base/a.c '#include "b.h"'
refuses base/a.c '#include "../net/b.h"'
refuses extra/a.c '#include "base/b.h"'
refuses base/addr.c '#include <openssl/ssl.h>'
refuses proxy/a.c '#include <openssl/ssl.h>'
refuses proxy/a.c '#include <ldap.h>'
refuses signer/a.c '#include <lber.h>'
refuses cli/a.c '#include <gssapi/gssapi.h>'
refuses proxy/a.c '#include <gssapi.h>'
refuses http/message.c '#include <llhttp.h>'
refuses net/a.c '#include <linux/bpf.h>'
refuses ipc/a.c '#include <bpf/bpf.h>'
refuses base/a.c '#include <event2/buffer.h>'
refuses conf/a.c '#include <event2/event.h>'
refuses policy/a.c '#include <event2/util.h>'
refuses credential/a.c '#include <event2/buffer.h>'
refuses base/a.c '#include HEADER'

exit $failed
