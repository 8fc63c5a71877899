/*
 * The account on the wire: on every packet to the configured networks, on
 * none to others; and what a stock firewall makes of it.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/prefix.h"
#include "ground.h"
#include "guard/tags.h"
#include "sock.h"
#include "suites.h"

#define ETHERNET_SIZE 14
#define ETHERTYPE_ANY 0x0003
#define ACCOUNT 1001
#define BYTES (1u << 20)

/* Everything that goes over loopback. */
static int
listen_to_wire(void)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
		.sll_protocol = htons(ETHERTYPE_ANY),
		.sll_ifindex = (int)if_nametoindex("lo") };
	struct timeval moment = { .tv_usec = 300000 };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETHERTYPE_ANY));
	int size = 64 << 20;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&ll, sizeof(ll)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &moment, sizeof(moment));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

/* The account in a segment's options; 0: there is none. */
static uint32_t
account_of(const unsigned char *tcp, size_t n)
{
	size_t end = (size_t)(tcp[12] >> 4) * 4, at = 20;

	while (at + 1 < end && end <= n && tcp[at] != 0) {
		uint32_t account;

		if (tcp[at] == 1) {
			at++;
			continue;
		}
		if (tcp[at] == GUARD_OPTION_KIND) {
			ck_assert_uint_eq(tcp[at + 1], GUARD_OPTION_SIZE);
			ck_assert_uint_eq(tcp[at + 2], 0xac);
			ck_assert_uint_eq(tcp[at + 3], 0xc7);
			memcpy(&account, tcp + at + 4, sizeof(account));
			return ntohl(account);
		}
		ck_assert_uint_gt(tcp[at + 1], 1);
		at += tcp[at + 1];
	}
	return 0;
}

struct tally {
	unsigned with, without, back; /* segments to the port, and from it */
};

static void
look_at(
    const unsigned char *frame, size_t n, uint16_t port, struct tally *tally)
{
	bool v4 = frame[12] == 0x08 && frame[13] == 0x00;
	bool v6 = frame[12] == 0x86 && frame[13] == 0xdd;
	const unsigned char *ip = frame + ETHERNET_SIZE, *tcp;

	if (n < ETHERNET_SIZE + 60 || (!v4 && !v6) ||
	    ip[v4 ? 9 : 6] != IPPROTO_TCP)
		return;
	tcp = ip + (v4 ? (size_t)(ip[0] & 15) * 4 : 40);
	n -= (size_t)(tcp - frame);
	if ((tcp[0] << 8 | tcp[1]) == port) {
		ck_assert_uint_eq(account_of(tcp, n), 0);
		tally->back++;
	} else if ((tcp[2] << 8 | tcp[3]) == port) {
		uint32_t account = account_of(tcp, n);

		ck_assert(account == 0 || account == ACCOUNT);
		tally->with += account != 0;
		tally->without += account == 0;
	}
}

static struct tally
read_wire(int wire, uint16_t port)
{
	static unsigned char frame[1 << 17];
	struct tally tally = { 0, 0, 0 };
	struct sockaddr_ll from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(wire, frame, sizeof(frame), 0,
		    (struct sockaddr *)&from, &len)) > 0)
		if (from.sll_pkttype != PACKET_OUTGOING) /* else twice */
			look_at(frame, (size_t)n, port, &tally);
	return tally;
}

/* A connection of an account with a megabyte through it. */
static uint16_t
converse(const struct stand *stand, const char *where)
{
	struct addr addr = place(where, 0);
	struct tag tag = { .account = ACCOUNT };
	int listener = sock_new(&addr, SOCK_STREAM, 0), client, server;
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&addr, &ss);
	char *data = mem_zalloc(BYTES);
	size_t sent = 0, got = 0;
	ssize_t n;

	ck_assert_int_eq(
	    tags_set_self(stand->fds[GUARD_MAP_TAGS], listener), 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&ss, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	getsockname(listener, (struct sockaddr *)&ss, &len);
	ck_assert_int_eq(addr_from_sockaddr((struct sockaddr *)&ss, &addr), 0);
	client = sock_new(&addr, SOCK_STREAM, 0);
	ck_assert_int_eq(tags_set(stand->fds[GUARD_MAP_TAGS], client, &tag), 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&ss, len), 0);
	server = accept(listener, NULL, NULL);
	ck_assert_int_ge(server, 0);
	fcntl(client, F_SETFL, O_NONBLOCK);
	while (got < BYTES) {
		n = send(client, data + sent, BYTES - sent, MSG_NOSIGNAL);
		sent += n > 0 ? (size_t)n : 0;
		n = recv(server, data, BYTES, MSG_DONTWAIT);
		ck_assert(n > 0 || (n < 0 && errno == EAGAIN));
		got += n > 0 ? (size_t)n : 0;
	}
	close(client);
	close(server);
	close(listener);
	free(data);
	return addr.port;
}

static void
wire_rules(struct stand *stand, const char *networks)
{
	struct tables_account account = { .number = ACCOUNT };
	struct prefix prefixes[2];
	uint16_t ports[2] = { 0, 0 };
	struct tables_rules rules = { .accounts = &account,
		.naccounts = 1,
		.wire = { prefixes, ports, 0 } };
	struct slice rest = slice_of(networks), part;
	const char *why;
	bool fresh;

	while (slice_split(&rest, ' ', &part))
		ck_assert_ptr_null(
		    prefix_parse(part, &prefixes[rules.wire.n++]));
	stand->conf = ground_parse("allow to any\n");
	stand->compiler = compiler_new(stand->conf, COMPILE_HOST, 0);
	account.profile = compiler_profile(
	    stand->compiler, SLICE("x"), NULL, 0, &fresh, &why);
	rules.compiler = stand->compiler;
	why = tables_load(stand->tables, &rules);
	ck_assert_msg(!why, "%s", why);
}

static const struct {
	const char *networks, *where;
	bool with;
} wires[] = {
	{ "127.0.0.0/8 ::1", "127.0.0.1", true },
	{ "127.0.0.0/8 ::1", "::1", true },
	{ "127.0.0.2 2001:db8::/32", "127.0.0.1", false },
	{ "127.0.0.2 2001:db8::/32", "::1", false },
};

START_TEST(every_packet_or_none)
{
	struct tally tally;
	struct stand stand;
	int wire;

	stand_start(&stand, GUARD_FORM_PROXY);
	wire_rules(&stand, wires[_i].networks);
	wire = listen_to_wire();
	tally = read_wire(wire, converse(&stand, wires[_i].where));
	ck_assert_uint_gt(tally.back, 0);
	if (wires[_i].with) {
		/* the SYN, data that was sent in large pieces, the FIN */
		ck_assert_uint_gt(tally.with, 5);
		ck_assert_uint_eq(tally.without, 0);
	} else {
		ck_assert_uint_eq(tally.with, 0);
		ck_assert_uint_gt(tally.without, 5);
	}
	close(wire);
	stand_end(&stand);
}
END_TEST

/* --- a firewall behind -------------------------------------------------------------- */

#define RULESET                                                                \
	"table inet t { chain in { type filter hook input priority 0;\n"       \
	"policy accept;\n"                                                     \
	"tcp option @253,16,16 0xacc7 tcp option @253,32,32 { 1001, 1003 }"    \
	" counter accept\n"                                                    \
	"tcp option @253,16,16 0xacc7 counter drop\n}\n}"

/* How many packets the line of the ruleset with that word counted. */
static unsigned
counted(const char *word)
{
	FILE *out = popen("nft list ruleset", "re");
	unsigned n = 0;
	char line[512], *at;

	while (out && fgets(line, sizeof(line), out)) {
		at = strstr(line, "counter packets ");
		if (at && strstr(line, word))
			n += (unsigned)strtoul(at + 16, NULL, 10);
	}
	if (out)
		pclose(out);
	return n;
}

START_TEST(nftables_reads_it)
{
	struct stand stand;

	if (system("nft -v >/dev/null 2>&1") != 0) {
		printf("nftables: skipped, it isn't here\n");
		return;
	}
	if (system("nft '" RULESET "' 2>/dev/null") != 0) {
		printf("nftables: skipped, it does not take the rules\n");
		return;
	}
	stand_start(&stand, GUARD_FORM_PROXY);
	wire_rules(&stand, "127.0.0.0/8");
	converse(&stand, "127.0.0.1");
	ck_assert_uint_gt(counted("accept"), 10);
	ck_assert_uint_eq(counted("drop"), 0);
	stand_end(&stand);
	ck_assert_int_eq(system("nft flush ruleset"), 0);
}
END_TEST

Suite *
suite_wire_option(void)
{
	Suite *suite = suite_create("wire option");
	TCase *tcase = tcase_create("wire option");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(
	    tcase, every_packet_or_none, 0, sizeof(wires) / sizeof(*wires));
	tcase_add_test(tcase, nftables_reads_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
