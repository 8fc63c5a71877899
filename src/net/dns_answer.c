/*
 * dns_answer: walks a DNS message with a bounded cursor.  It follows no
 * compression pointers, since it needs no name.
 */
#include "net/dns_answer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#define CLASS_IN 1

struct cursor {
	const unsigned char *p; /* borrowed */
	size_t n;
	bool bad; /* sticky: it would have run over the end */
};

static const unsigned char *
take(struct cursor *c, size_t n)
{
	const unsigned char *p = c->p;

	if (c->bad || c->n < n) {
		c->bad = true;
		return NULL;
	}
	c->p += n;
	c->n -= n;
	return p;
}

static unsigned
take_u16(struct cursor *c)
{
	const unsigned char *p = take(c, 2);

	return p != NULL ? (unsigned)p[0] << 8 | p[1] : 0;
}

/* A name ends in the root label or in a pointer. */
static void
skip_name(struct cursor *c)
{
	const unsigned char *len;

	while ((len = take(c, 1)) != NULL && *len != 0) {
		if (*len >= 0xc0) {
			take(c, 1);
			return;
		}
		take(c, *len);
	}
}

static struct addr
to_addr(unsigned type, const unsigned char *data)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct addr addr = { .port = 0 };

	if (type == DNS_TYPE_A) {
		memcpy(&sin.sin_addr, data, 4);
		(void)addr_from_sockaddr((struct sockaddr *)&sin, &addr);
	} else {
		memcpy(&sin6.sin6_addr, data, 16);
		(void)addr_from_sockaddr((struct sockaddr *)&sin6, &addr);
	}
	return addr;
}

static void
take_record(
    struct cursor *c, unsigned want, struct addr *out, size_t max, size_t *n)
{
	unsigned type, class, len;
	const unsigned char *data;

	skip_name(c);
	type = take_u16(c);
	class = take_u16(c);
	take(c, 4); /* TTL */
	len = take_u16(c);
	data = take(c, len);
	if (data != NULL && type == want && class == CLASS_IN &&
	    len == (want == DNS_TYPE_A ? 4 : 16) && *n < max)
		out[(*n)++] = to_addr(type, data);
}

int
dns_answer_addrs(struct slice message, unsigned type, struct addr *out,
    size_t max, size_t *n)
{
	struct cursor c = { (const unsigned char *)message.p, message.n,
		false };
	unsigned questions, answers;

	take(&c, 4);
	questions = take_u16(&c);
	answers = take_u16(&c);
	take(&c, 4);
	for (unsigned i = 0; i < questions && !c.bad; i++) {
		skip_name(&c);
		take(&c, 4);
	}
	for (unsigned i = 0; i < answers && !c.bad; i++)
		take_record(&c, type, out, max, n);
	return c.bad ? -1 : 0;
}
