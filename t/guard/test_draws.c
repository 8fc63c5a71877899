/*
 * Drawn rules and packets: the kernel says what policy/ says.
 */
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "draw.h"
#include "ground.h"
#include "guard/tags.h"
#include "packet.h"
#include "suites.h"

#define DRAWS 10000
#define PACKETS 12 /* of each draw */
#define SOCKET_DRAWS 2000
#define BATCH 200 /* draws in one generation */

/* 2026-11-26 11:00 and 13:00 UTC: inside and outside of the drawn times */
static const time_t moments[] = { 1795690800, 1795698000 };

struct one {
	struct draw draw;
	struct conf *conf;
	struct policy *policy;
	struct compiler *compiler;
	time_t when;
};

static void
one_init(struct one *one, int number)
{
	draw_init(&one->draw, (uint64_t)number + 77777);
	one->when = moments[number & 1];
	one->conf = draw_conf(&one->draw, false);
	one->policy = policy_new(one->conf);
	one->compiler = compiler_new(one->conf, COMPILE_HOST, one->when);
}

static void
one_clear(struct one *one)
{
	compiler_free(one->compiler);
	policy_free(one->policy);
	draw_clear(&one->draw);
}

static bool
wanted(const struct one *one, const char *account, const struct addr *addr,
    uint16_t port)
{
	struct subject subject = { .account = slice_of(account),
		.port = port,
		.addr = addr,
		.final = true,
		.when = one->when };

	return policy_decide(one->policy, &subject).verdict == VERDICT_ALLOW;
}

/* --- into the maps ---------------------------------------------------------------- */

/* Into the generation in force, under a number of our own. */
static void
put_cells(const struct stand *stand, uint32_t profile,
    const struct cells *cells, uint32_t first_set, bool remove)
{
	uint32_t slot = tables_generation(stand->tables) & 1;
	int trie = stand->fds[slot ? GUARD_MAP_RULES_1 : GUARD_MAP_RULES_0];

	for (size_t i = 0; i < cells->n; i++) {
		struct guard_key key = { .bits = 32u + cells->v[i].prefix.len,
			.profile = htonl(profile) };
		struct guard_entry entry = cells->v[i].entry;

		memcpy(key.ip, cells->v[i].prefix.ip, sizeof(key.ip));
		if (entry.count > GUARD_INLINE)
			entry.set += first_set;
		if (remove)
			ck_assert_int_eq(bpf_map_delete_elem(trie, &key), 0);
		else
			ck_assert_int_eq(
			    bpf_map_update_elem(trie, &key, &entry, BPF_ANY),
			    0);
	}
}

static void
put_sets(const struct stand *stand, const struct sets *sets, uint32_t first)
{
	uint32_t slot = tables_generation(stand->tables) & 1;

	for (size_t i = 0; i < sets->n; i++)
		for (uint32_t j = 0; j < GUARD_SET_CLAUSES; j++) {
			uint32_t at = (uint32_t)(slot * GUARD_SETS + first +
					  i) *
				GUARD_SET_CLAUSES +
			    j;

			ck_assert_int_eq(
			    bpf_map_update_elem(stand->fds[GUARD_MAP_CLAUSES],
				&at, &sets->v[i][j], BPF_ANY),
			    0);
		}
}

/* --- packets without sockets -------------------------------------------------------- */

static int
packet_program(void)
{
	__u32 id = 0, ids[64], n = 0;
	LIBBPF_OPTS(
	    bpf_prog_query_opts, query, .prog_ids = ids, .prog_cnt = 64);
	int fd = open(ground_cgroup, O_RDONLY | O_DIRECTORY);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
	    bpf_prog_query_opts(fd, BPF_CGROUP_INET_EGRESS, &query), 0);
	close(fd);
	n = query.prog_cnt;
	ck_assert_uint_eq(n, 1);
	id = ids[0];
	return bpf_prog_get_fd_by_id(id);
}

static void
compare_packets(struct one *one, int prog, const char *account, int number)
{
	for (int i = 0; i < PACKETS; i++) {
		struct addr addr = draw_addr(&one->draw);
		uint16_t port = draw_port(&one->draw);
		struct packet packet;
		char text[ADDR_TEXT_SIZE];
		bool passes;

		packet_make(&packet, &addr, port);
		passes = packet_passes(prog, &packet);
		ck_assert_msg(passes == wanted(one, account, &addr, port),
		    "draw %d: %s to %s port %u: kernel says %d", number,
		    account, addr_text(text, &addr), port, passes);
	}
}

START_TEST(packets_agree_with_policy)
{
	struct stand stand;
	int prog;

	setenv("TZ", "UTC", 1);
	stand_start(&stand, GUARD_FORM_PROXY);
	stand_rules(&stand, "", 0);
	prog = packet_program();
	ck_assert_int_ge(prog, 0);
	for (int i = 0; i < DRAWS; i++) {
		const char *account = draw_accounts[i % DRAW_ACCOUNTS];
		const struct cells *cells;
		const char *wrong;
		struct one one;
		bool fresh;

		one_init(&one, i);
		cells = compiler_cells(one.compiler,
		    compiler_profile(one.compiler, slice_of(account), NULL, 0,
			&fresh, &wrong));
		put_sets(&stand, compiler_sets(one.compiler), 0);
		put_cells(&stand, GUARD_PROFILE_SELF, cells, 0, false);
		compare_packets(&one, prog, account, i);
		put_cells(&stand, GUARD_PROFILE_SELF, cells, 0, true);
		one_clear(&one);
	}
	close(prog);
	stand_end(&stand);
}
END_TEST

/* --- tagged sockets ------------------------------------------------------------------ */

static void
put_accounts(const struct stand *stand, struct one *one, uint32_t index,
    uint32_t *profile, uint32_t *first_set)
{
	uint32_t slot = tables_generation(stand->tables) & 1;
	const char *wrong;
	bool fresh;

	for (uint32_t i = 0; i < DRAW_ACCOUNTS; i++) {
		uint32_t mine = compiler_profile(one->compiler,
		    slice_of(draw_accounts[i]), NULL, 0, &fresh, &wrong);
		uint32_t number = 1000 + index * DRAW_ACCOUNTS + i;
		struct guard_account value = { { 0, 0 }, { 0, 0 } };

		if (fresh)
			put_cells(stand, *profile + mine,
			    compiler_cells(one->compiler, mine), *first_set,
			    false);
		value.profile[slot] = *profile + mine;
		ck_assert_int_eq(
		    bpf_map_update_elem(stand->fds[GUARD_MAP_ACCOUNTS], &number,
			&value, BPF_ANY),
		    0);
	}
	put_sets(stand, compiler_sets(one->compiler), *first_set);
	*profile += compiler_profiles(one->compiler);
	*first_set += (uint32_t)compiler_sets(one->compiler)->n;
}

/* A send that is denied says EPERM; what else may go wrong isn't ours. */
static bool
may_send(const struct stand *stand, uint32_t account, const struct addr *addr)
{
	struct tag tag = { .account = account };
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(addr, &ss);
	int fd = socket(ss.ss_family, SOCK_DGRAM, 0), one = 1;
	bool sent;

	ck_assert_int_ge(fd, 0);
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one));
	ck_assert_int_eq(tags_set(stand->fds[GUARD_MAP_TAGS], fd, &tag), 0);
	sent = sendto(fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&ss, len) ==
		1 ||
	    errno != EPERM;
	close(fd);
	return sent;
}

static void
compare_sockets(
    struct one *one, const struct stand *stand, uint32_t index, int number)
{
	for (int i = 0; i < PACKETS; i++) {
		struct addr addr = draw_addr(&one->draw);
		uint32_t account = (uint32_t)i % DRAW_ACCOUNTS;
		char text[ADDR_TEXT_SIZE];
		bool sent;

		addr.port = draw_port(&one->draw);
		/* the system takes them for others, or for nothing */
		if (addr.port == 0 || addr_is_unspecified(&addr))
			continue;
		sent = may_send(
		    stand, 1000 + index * DRAW_ACCOUNTS + account, &addr);
		ck_assert_msg(sent ==
			wanted(one, draw_accounts[account], &addr, addr.port),
		    "draw %d: %s to %s port %u: kernel says %d", number,
		    draw_accounts[account], addr_text(text, &addr), addr.port,
		    sent);
	}
}

START_TEST(sockets_agree_with_policy)
{
	static struct one ones[BATCH];
	struct stand stand;

	setenv("TZ", "UTC", 1);
	stand_start(&stand, GUARD_FORM_PROXY);
	for (int done = 0; done < SOCKET_DRAWS; done += BATCH) {
		uint32_t profile = 100, first_set = 0;

		stand_rules(&stand, "", 0);
		for (uint32_t i = 0; i < BATCH; i++) {
			one_init(&ones[i], done + (int)i);
			put_accounts(&stand, &ones[i], i, &profile, &first_set);
			ck_assert_uint_lt(first_set, GUARD_SETS);
		}
		for (uint32_t i = 0; i < BATCH; i++) {
			compare_sockets(&ones[i], &stand, i, done + (int)i);
			one_clear(&ones[i]);
		}
	}
	stand_end(&stand);
}
END_TEST

Suite *
suite_draws(void)
{
	Suite *suite = suite_create("draws");
	TCase *tcase = tcase_create("draws");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, packets_agree_with_policy);
	tcase_add_test(tcase, sockets_agree_with_policy);
	suite_add_tcase(suite, tcase);
	return suite;
}
