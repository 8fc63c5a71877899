/*
 * dns: answers one question a packet, from the table.
 */
#include "dns.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <check.h>

#define PACKET_MAX 512

struct reply {
	struct dns *dns;
	struct event *timer;
	struct sockaddr_storage to;
	socklen_t tolen;
	unsigned char packet[PACKET_MAX];
	size_t n;
};

static void
put16(struct reply *reply, unsigned v)
{
	reply->packet[reply->n++] = (unsigned char)(v >> 8);
	reply->packet[reply->n++] = (unsigned char)v;
}

static void
put_name(struct reply *reply, const char *name)
{
	while (*name != '\0') {
		size_t n = strcspn(name, ".");

		reply->packet[reply->n++] = (unsigned char)n;
		memcpy(reply->packet + reply->n, name, n);
		reply->n += n;
		name += n + (name[n] == '.');
	}
	reply->packet[reply->n++] = 0;
}

static void
put_record(struct reply *reply, const struct dns_record *record)
{
	size_t at;

	put_name(reply, record->name);
	put16(reply, record->type);
	put16(reply, 1);
	put16(reply, 0);
	put16(reply, 60);
	at = reply->n;
	put16(reply, 0);
	if (record->type == 5)
		put_name(reply, record->value);
	else {
		int v6 = record->type == 28;

		ck_assert_int_eq(inet_pton(v6 ? AF_INET6 : AF_INET,
				     record->value, reply->packet + reply->n),
		    1);
		reply->n += v6 ? 16 : 4;
	}
	reply->packet[at + 1] = (unsigned char)(reply->n - at - 2);
}

static void
on_send(evutil_socket_t fd, short what, void *arg)
{
	struct reply *reply = arg;

	sendto(reply->dns->fd, reply->packet, reply->n, 0,
	    (struct sockaddr *)&reply->to, reply->tolen);
	event_free(reply->timer);
	free(reply);
}

/* Reads the name in the question; the offset behind it. */
static size_t
get_name(const struct reply *reply, char *out)
{
	size_t at = 12, n = 0;

	while (reply->packet[at] != 0) {
		for (unsigned i = 1; i <= reply->packet[at]; i++)
			out[n++] = (char)(reply->packet[at + i] |
			    (reply->packet[at + i] > '@' ? 0x20 : 0));
		out[n++] = '.';
		at += 1u + reply->packet[at];
	}
	out[n > 0 ? n - 1 : 0] = '\0';
	return at + 1;
}

/* Appends what the table has; the rcode, and the longest delay. */
static unsigned
look_up(struct reply *reply, const char *name, unsigned type, unsigned *delay)
{
	struct dns *dns = reply->dns;
	unsigned rcode = 3, count = 0;

	if (strncmp(name, "broken", 6) == 0)
		return 2;
	for (size_t i = 0; i < dns->nzone; i++) {
		const struct dns_record *record = &dns->zone[i];

		if (strcmp(record->name, name) != 0)
			continue;
		rcode = 0;
		if (record->type != type && record->type != 5)
			continue;
		put_record(reply, record);
		count++;
		*delay = record->delay_ms;
		if (record->type == 5) {
			name = record->value;
			i = (size_t)-1;
		}
	}
	reply->packet[7] = (unsigned char)count;
	return rcode;
}

static void
on_question(evutil_socket_t fd, short what, void *arg)
{
	struct dns *dns = arg;
	struct reply *reply = calloc(1, sizeof(*reply));
	unsigned type, rcode, delay = 0;
	char name[PACKET_MAX];
	struct timeval tv = { 0, 0 };
	ssize_t n;

	reply->dns = dns;
	reply->tolen = sizeof(reply->to);
	n = recvfrom(fd, reply->packet, sizeof(reply->packet), 0,
	    (struct sockaddr *)&reply->to, &reply->tolen);
	ck_assert_int_gt(n, 12);
	dns->asked++;
	reply->n = get_name(reply, name);
	type = reply->packet[reply->n + 1];
	reply->n += 4;
	if (strncmp(name, "silent", 6) == 0) {
		free(reply);
		return;
	}
	memset(reply->packet + 6, 0, 6); /* no EDNS in the answer */
	rcode = look_up(reply, name, type, &delay);
	reply->packet[2] = 0x84 | (reply->packet[2] & 1);
	reply->packet[3] = (unsigned char)(0x80 | rcode);
	reply->timer = evtimer_new(dns->bed->base, on_send, reply);
	tv.tv_usec = (suseconds_t)delay * 1000;
	evtimer_add(reply->timer, &tv);
}

void
dns_init(struct dns *dns, struct bed *bed, const struct dns_record *zone,
    size_t nzone)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	socklen_t len = sizeof(sin);

	memset(dns, 0, sizeof(*dns));
	dns->bed = bed;
	dns->zone = zone;
	dns->nzone = nzone;
	dns->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(dns->fd, (struct sockaddr *)&sin, len), 0);
	ck_assert_int_eq(
	    getsockname(dns->fd, (struct sockaddr *)&sin, &len), 0);
	ck_assert_int_eq(
	    addr_from_sockaddr((struct sockaddr *)&sin, &dns->addr), 0);
	dns->ready = event_new(
	    bed->base, dns->fd, EV_READ | EV_PERSIST, on_question, dns);
	event_add(dns->ready, NULL);
}

void
dns_clear(struct dns *dns)
{
	event_free(dns->ready);
	close(dns->fd);
}
