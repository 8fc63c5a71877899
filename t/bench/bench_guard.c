/*
 * What the guard costs, on a proxy and on a host: nanoseconds a packet, a
 * connection's mark, a change of all rules, and throughput beside no filter
 * and beside nftables.
 *
 * Needs root, cgroup2 and BPF; makes a network namespace and a cgroup of its
 * own.  Packets are UDP over loopback, sent and taken by this one process.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "conf/list.h"
#include "ground.h"
#include "guard/tags.h"
#include "sock.h"

#define PACKETS 200000
#define CONNECTIONS 20000
#define ROUNDS 9
#define ROUND_MS 300

static uint64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static int
compare(const void *a, const void *b)
{
	const double *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static double
quantile(double *v, size_t n, double at)
{
	qsort(v, n, sizeof(*v), compare);
	return v[(size_t)(at * (double)(n - 1))];
}

static struct stand stand;

/* A host's sockets have their tags from the start. */
static void
mark_socket(int fd)
{
	struct tag tag = { .account = 1 };

	if (!stand.is_host && tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag) < 0)
		abort();
}

/* --- rules of a size ---------------------------------------------------------- */

/* n rules, each of which lets a small network of loopback pass, side by
 * side: a look-up goes as deep as it can. */
static void
add_rules(struct conf *conf, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct rule rule = { .action = ACTION_ALLOW };
		struct dest dest = { .kind = DEST_PREFIX,
			.prefix = { .ip = { [10] = 0xff,
					[11] = 0xff,
					127,
					(uint8_t)(i >> 12),
					(uint8_t)(i >> 4),
					(uint8_t)(i << 4) },
			    .len = 124 } };

		LIST_PUSH(conf->arena, &rule.to, dest);
		LIST_PUSH(conf->arena, &conf->rules, rule);
	}
}

/* In place of those that the stand has. */
static void
load_rules(unsigned n)
{
	/* on a host: who logged in, and root, who runs as one of them */
	struct tables_account accounts[2] = { { .number = 1 },
		{ .exempt = true } };
	struct tables_rules rules = { .accounts = accounts,
		.naccounts = 1 + stand.is_host };
	uint64_t start, compiled;
	const char *why;
	bool fresh;

	compiler_free(stand.compiler);
	conf_free(stand.conf);
	stand.conf = ground_parse("");
	add_rules(stand.conf, n);
	start = now_ns();
	stand.compiler = compiler_new(stand.conf, COMPILE_HOST, 0);
	accounts[0].profile = accounts[1].profile = compiler_profile(
	    stand.compiler, SLICE("u1"), NULL, 0, &fresh, &why);
	compiled = now_ns();
	rules.compiler = stand.compiler;
	why = tables_load(stand.tables, &rules);
	printf("reload of %u rules: %.1f ms to compile, %.1f ms to bring and"
	       " flip%s%s\n",
	    n, (double)(compiled - start) / 1e6,
	    (double)(now_ns() - compiled) / 1e6, why ? ": " : "",
	    why ? why : "");
}

/* --- a packet --------------------------------------------------------------------- */

struct stats {
	uint64_t ns, runs;
};

static struct stats
stats_of(int prog)
{
	struct bpf_prog_info info;
	__u32 len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (bpf_obj_get_info_by_fd(prog, &info, &len) < 0)
		return (struct stats){ 0, 0 };
	return (struct stats){ info.run_time_ns, info.run_cnt };
}

/* A program that says yes: what measuring costs. */
static int
floor_program(int cgroup, int *link)
{
	struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
	    .expected_attach_type = BPF_CGROUP_INET_EGRESS);
	int prog = bpf_prog_load(
	    BPF_PROG_TYPE_CGROUP_SKB, "floor", "GPL", insns, 2, &opts);

	if (prog < 0)
		return -1;
	*link = bpf_link_create(prog, cgroup, BPF_CGROUP_INET_EGRESS, NULL);
	return *link < 0 ? -1 : prog;
}

static int
egress_program(int cgroup, int other)
{
	__u32 ids[8];
	LIBBPF_OPTS(bpf_prog_query_opts, query, .prog_ids = ids, .prog_cnt = 8);
	struct bpf_prog_info info;
	__u32 len = sizeof(info);

	memset(&info, 0, sizeof(info));
	bpf_obj_get_info_by_fd(other, &info, &len);
	if (bpf_prog_query_opts(cgroup, BPF_CGROUP_INET_EGRESS, &query) < 0)
		return -1;
	for (__u32 i = 0; i < query.prog_cnt; i++)
		if (ids[i] != info.id)
			return bpf_prog_get_fd_by_id(ids[i]);
	return -1;
}

/* Packets to `spread` addresses in turn: one keeps the verdict of the last,
 * many look each up anew. */
static void
send_packets(int fd, unsigned spread, unsigned n)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };

	for (unsigned i = 0; i < n; i++) {
		to.sin_addr.s_addr = htonl(0x7f000001 + i % spread * 16);
		(void)sendto(fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&to,
		    sizeof(to));
	}
}

static void
packet_row(const char *what, int prog, int base, int fd, unsigned spread)
{
	double net[ROUNDS], raw[ROUNDS], middle;

	for (int i = 0; i < ROUNDS; i++) {
		struct stats a = stats_of(prog), b = stats_of(base), c, d;

		send_packets(fd, spread, PACKETS / ROUNDS);
		c = stats_of(prog);
		d = stats_of(base);
		raw[i] = (double)(c.ns - a.ns) / (double)(c.runs - a.runs);
		net[i] = raw[i] -
		    (double)(d.ns - b.ns) / (double)(d.runs - b.runs);
	}
	middle = quantile(net, ROUNDS, 0.5);
	printf("%-34s %4.0f ns a packet (%.0f..%.0f), %.0f raw\n", what, middle,
	    net[0], net[ROUNDS - 1], quantile(raw, ROUNDS, 0.5));
}

/* connect and sendmsg hooks aren't packets: an unconnected socket has the
 * sendmsg hook look the verdict up, and the packet hook finds it kept. So the
 * full look-up is seen on a socket whose verdict is always another one. */
static void
bench_packets(void)
{
	static const unsigned sizes[] = { 10, 1000, 100000 };
	int cgroup = open(ground_cgroup, O_RDONLY | O_DIRECTORY);
	int fd = socket(AF_INET, SOCK_RAW, 253), base, prog, link = -1;
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	char what[64];

	base = floor_program(cgroup, &link);
	prog = egress_program(cgroup, base);
	if (fd < 0 || base < 0 || prog < 0 || stats < 0) {
		printf("packets: skipped, the kernel keeps no figures\n");
		return;
	}
	mark_socket(fd);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		load_rules(sizes[i]);
		if (i == 0)
			packet_row("the verdict is kept", prog, base, fd, 1);
		snprintf(
		    what, sizeof(what), "looked up among %u rules", sizes[i]);
		packet_row(what, prog, base, fd, 2);
	}
	close(stats);
	close(fd);
	close(prog);
	close(link);
	close(base);
	close(cgroup);
}

/* --- a connection's mark ------------------------------------------------------------ */

static void
row(const char *what, double *v, size_t n)
{
	double middle = quantile(v, n, 0.5);

	printf("%-34s %5.1f us (99%%: %.1f)\n", what, middle / 1000,
	    v[(size_t)(0.99 * (double)(n - 1))] / 1000);
}

/* Takes sockets, marks them, says so: as the guard process does. */
static void
serve(int channel)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec iov = { &byte, 1 };
	struct tag tag = { .account = 1 };

	for (;;) {
		struct msghdr msg = { .msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control) };
		int fd;

		if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC) <= 0)
			_exit(0);
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(fd));
		(void)tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag);
		close(fd);
		if (send(channel, &byte, 1, 0) != 1)
			_exit(1);
	}
}

static void
ask(int channel, int fd)
{
	char control[CMSG_SPACE(sizeof(int))], byte = 0;
	struct iovec iov = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *head;

	memset(control, 0, sizeof(control));
	head = CMSG_FIRSTHDR(&msg);
	head->cmsg_level = SOL_SOCKET;
	head->cmsg_type = SCM_RIGHTS;
	head->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	if (sendmsg(channel, &msg, 0) != 1 || recv(channel, &byte, 1, 0) != 1)
		abort();
}

static void
bench_marks(void)
{
	double *v = mem_alloc(CONNECTIONS * sizeof(*v));
	struct tag tag = { .account = 1 };
	cpu_set_t one, all;
	int ends[2];
	pid_t pid;

	for (int i = 0; i < CONNECTIONS; i++) {
		uint64_t start = now_ns();

		close(socket(AF_INET, SOCK_STREAM, 0));
		v[i] = (double)(now_ns() - start);
	}
	row("a socket alone", v, CONNECTIONS);
	for (int i = 0; i < CONNECTIONS; i++) {
		uint64_t start = now_ns();
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		(void)tags_set(stand.fds[GUARD_MAP_TAGS], fd, &tag);
		close(fd);
		v[i] = (double)(now_ns() - start);
	}
	row("and its mark", v, CONNECTIONS);
	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0)
		abort();
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		serve(ends[1]);
	}
	close(ends[1]);
	for (int i = 0; i < CONNECTIONS; i++) {
		uint64_t start = now_ns();
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		ask(ends[0], fd);
		close(fd);
		v[i] = (double)(now_ns() - start);
	}
	row("by another process, on one CPU", v, CONNECTIONS);
	close(ends[0]);
	waitpid(pid, NULL, 0);
	sched_setaffinity(0, sizeof(all), &all);
	free(v);
}

/* --- throughput --------------------------------------------------------------------- */

static double
udp_rate(int mark)
{
	struct addr addr = place("127.0.0.1", 9);
	int fd = sock_new(&addr, SOCK_DGRAM, 0);
	uint64_t end;
	double n = 0;

	if (mark)
		mark_socket(fd);
	(void)sock_connect(fd, &addr);
	for (end = now_ns() + ROUND_MS * 1000000ull; now_ns() < end; n += 64)
		for (int i = 0; i < 64; i++)
			(void)send(fd, "x", 1, MSG_DONTWAIT);
	close(fd);
	return n;
}

static double
tcp_rate(int mark)
{
	static char data[1 << 18];
	struct addr addr = place("127.0.0.1", 0);
	int listener = sock_new(&addr, SOCK_STREAM, 0), client, server;
	struct sockaddr_storage ss;
	socklen_t len = addr_to_sockaddr(&addr, &ss);
	uint64_t end;
	double bytes = 0;
	ssize_t n;

	if (mark && !stand.is_host)
		(void)tags_set_self(stand.fds[GUARD_MAP_TAGS], listener);
	(void)bind(listener, (struct sockaddr *)&ss, len);
	(void)listen(listener, 1);
	getsockname(listener, (struct sockaddr *)&ss, &len);
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (mark)
		mark_socket(client);
	(void)connect(client, (struct sockaddr *)&ss, len);
	server = accept(listener, NULL, NULL);
	for (end = now_ns() + ROUND_MS * 1000000ull; now_ns() < end;) {
		(void)send(client, data, sizeof(data), MSG_DONTWAIT);
		n = recv(server, data, sizeof(data), MSG_DONTWAIT);
		bytes += n > 0 ? (double)n : 0;
	}
	close(client);
	close(server);
	close(listener);
	return bytes;
}

#define NFT_RULES 1000

static bool
nft_start(void)
{
	FILE *in = popen("nft -f - 2>/dev/null", "we");

	if (!in)
		return false;
	fputs("table inet b {\nmap m {\ntype uid . ipv4_addr : verdict\n"
	      "flags interval\nelements = { 0 . 127.0.0.1 : accept",
	    in);
	for (int i = 1; i < NFT_RULES; i++)
		fprintf(
		    in, ", %d . 10.%d.%d.0/24 : drop", i % 7, i / 256, i % 256);
	fputs(" }\n}\nchain out {\ntype filter hook output priority 0\n"
	      "meta skuid . ip daddr vmap @m\n}\n}\n",
	    in);
	return pclose(in) == 0;
}

static void
throughput_row(const char *what, double (*rate)(int))
{
	double guard[ROUNDS], nft[ROUNDS];
	bool has_nft = true;

	for (int i = 0; i < ROUNDS; i++) {
		double none = rate(0);
		const char *why = guard_attach(stand.guard, ground_cgroup);

		if (why)
			abort();
		guard[i] = rate(1) / none;
		stand_detach(&stand);
		has_nft = has_nft && nft_start();
		nft[i] = rate(0) / none;
		if (system("nft flush ruleset 2>/dev/null") != 0)
			has_nft = false;
	}
	printf("%-34s guard %.2f of none", what, quantile(guard, ROUNDS, 0.5));
	if (has_nft)
		printf(", nftables meta skuid (%d elements) %.2f", NFT_RULES,
		    quantile(nft, ROUNDS, 0.5));
	putchar('\n');
}

static void
bench_throughput(enum guard_form form)
{
	stand_start(&stand, form);
	load_rules(1000);
	stand_detach(&stand);
	throughput_row("UDP, packets of 1 byte", udp_rate);
	throughput_row("TCP, bytes", tcp_rate);
	stand_end(&stand);
}

static void
bench_proxy(void)
{
	printf("the guard of a proxy\n");
	stand_start(&stand, GUARD_FORM_PROXY);
	bench_packets();
	bench_marks();
	stand_end(&stand);
	bench_throughput(GUARD_FORM_PROXY);
}

/* As somebody who logged in and is root by sudo: a login is for good, so it
 * takes a process of its own. */
static void
bench_host(void)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		printf("\nthe guard of a host\n");
		become(1, 0);
		stand_start(&stand, GUARD_FORM_HOST);
		bench_packets();
		stand_end(&stand);
		bench_throughput(GUARD_FORM_HOST);
		fflush(stdout);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

int
main(void)
{
	const char *why = ground_enter();

	if (why) {
		printf("bench_guard: skipped, %s\n", why);
		ground_leave();
		return 0;
	}
	bench_proxy();
	bench_host();
	ground_leave();
	return 0;
}
