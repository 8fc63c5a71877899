/*
 * pac: writes FindProxyForURL. Only canonical names, addresses and numbers
 * are put into the script.
 */
#include "proxy/pac.h"

#include <arpa/inet.h>
#include <string.h>

static void
put_v4(const struct prefix *prefix, struct evbuffer *out)
{
	unsigned bits = prefix->len - 96u;
	uint32_t mask = bits == 0 ? 0 : htonl(0xffffffffu << (32 - bits));
	char net[INET_ADDRSTRLEN], text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, prefix->ip + 12, net, sizeof(net));
	inet_ntop(AF_INET, &mask, text, sizeof(text));
	evbuffer_add_printf(out,
	    "\tif (literal && isInNet(host, \"%s\", \"%s\")) "
	    "return \"DIRECT\";\n",
	    net, text);
}

/* PAC has no portable way to compare IPv6 prefixes: only whole addresses. */
static void
put_prefix(const struct prefix *prefix, struct evbuffer *out)
{
	struct addr addr = { .port = 0 };
	char text[ADDR_TEXT_SIZE];

	memcpy(addr.ip, prefix->ip, sizeof(addr.ip));
	if (addr_is_v4(&addr) && prefix->len >= 96)
		put_v4(prefix, out);
	else if (prefix->len == 128)
		evbuffer_add_printf(out,
		    "\tif (host == \"%s\") return \"DIRECT\";\n",
		    addr_text(text, &addr));
}

static void
put_name(struct slice name, bool wildcard, struct evbuffer *out)
{
	if (wildcard)
		evbuffer_add_printf(out,
		    "\tif (dnsDomainIs(host, \".%.*s\")) "
		    "return \"DIRECT\";\n",
		    SLICE_ARG(name));
	else
		evbuffer_add_printf(out,
		    "\tif (host == \"%.*s\") return \"DIRECT\";\n",
		    SLICE_ARG(name));
}

static void
put_list(const struct dest_list *list, struct evbuffer *out)
{
	for (size_t i = 0; i < list->names.n; i++)
		put_name(list->names.v[i].name, list->names.v[i].wildcard, out);
	for (size_t i = 0; i < list->prefixes.n; i++)
		put_prefix(&list->prefixes.v[i], out);
}

static void
put_dest(const struct dest *dest, struct evbuffer *out)
{
	switch (dest->kind) {
	case DEST_NAME:
		put_name(slice_from(dest->name.name, dest->name.len),
		    dest->name.wildcard, out);
		break;
	case DEST_PREFIX:
		put_prefix(&dest->prefix, out);
		break;
	case DEST_LIST:
		put_list(dest->list, out);
		break;
	case DEST_ANY:
	case DEST_INTERNAL:
	case DEST_PORT:
		break; /* conf refuses them in `pac direct` */
	}
}

void
pac_write(const struct conf *conf, bool secure, struct slice proxy,
    struct evbuffer *out)
{
	evbuffer_add_printf(out,
	    "function FindProxyForURL(url, host) {\n"
	    "\tvar literal = /^\\d+\\.\\d+\\.\\d+\\.\\d+$/.test(host);\n"
	    "\thost = host.toLowerCase();\n"
	    "\tif (host == \"localhost\" || host == \"[::1]\" || "
	    "host == \"::1\" ||\n"
	    "\t    (literal && isInNet(host, \"127.0.0.0\", "
	    "\"255.0.0.0\")))\n"
	    "\t\treturn \"DIRECT\";\n");
	for (size_t i = 0; i < conf->pac_direct.n; i++)
		put_dest(&conf->pac_direct.v[i], out);
	evbuffer_add_printf(out, "\treturn \"%s %.*s\";\n}\n",
	    secure ? "HTTPS" : "PROXY", SLICE_ARG(proxy));
}
