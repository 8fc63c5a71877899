/*
 * lists: two bounded maps. It fetches nothing and judges no signature.
 */
#include "net/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/map.h"
#include "base/mem.h"
#include "net/issuers.h"

#define KEY_SIZE (ISSUERS_URL_MAX + 16)

struct list {
	X509_CRL *crl; /* owned */
	int64_t until_s;
	size_t bytes;
	struct lists *lists; /* borrowed */
};

struct lists {
	struct map *known;  /* owned; of struct list, by URL */
	struct map *failed; /* owned; of uint64_t, by account and URL */
	size_t bytes;
};

static void
on_list_free(void *value)
{
	struct list *list = value;

	list->lists->bytes -= list->bytes;
	X509_CRL_free(list->crl);
	free(list);
}

struct lists *
lists_new(void)
{
	struct lists *lists = mem_zalloc(sizeof(*lists));

	lists->known = map_new(LISTS_MAX, on_list_free);
	lists->failed = map_new(LISTS_FAILED_MAX, free);
	return lists;
}

void
lists_free(struct lists *lists)
{
	if (lists == NULL)
		return;
	map_free(lists->known);
	map_free(lists->failed);
	free(lists);
}

/* --- what was fetched -------------------------------------------------------- */

static X509_CRL *
parse(struct slice body)
{
	const unsigned char *p = (const unsigned char *)body.p;
	X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)body.n);
	BIO *bio = crl == NULL ? BIO_new_mem_buf(body.p, (int)body.n) : NULL;

	if (bio != NULL)
		crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
	BIO_free(bio);
	ERR_clear_error();
	return crl;
}

/* Until when it counts; 0: not now. */
static int64_t
valid_until(const X509_CRL *crl, int64_t now_s)
{
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);
	int64_t until = now_s + LISTS_KEEP_S, end;
	struct tm tm;

	if (next == NULL || ASN1_TIME_to_tm(next, &tm) != 1)
		return 0;
	end = (int64_t)timegm(&tm);
	if (end <= now_s)
		return 0;
	return end < until ? end : until;
}

static int
drop_first(struct slice key, void *value, void *arg)
{
	map_del(arg, key);
	return 1;
}

static void
make_room(struct lists *lists, size_t bytes)
{
	while (lists->bytes + bytes > LISTS_BYTES_MAX &&
	    map_count(lists->known) > 0)
		map_each(lists->known, drop_first, lists->known);
}

bool
lists_add(
    struct lists *lists, const char *url, struct slice body, int64_t now_s)
{
	X509_CRL *crl = NULL;
	struct list *list;
	int64_t until;

	if (body.n > 0 && body.n <= LISTS_BODY_MAX)
		crl = parse(body);
	until = crl != NULL ? valid_until(crl, now_s) : 0;
	if (until == 0) {
		X509_CRL_free(crl);
		return false;
	}
	make_room(lists, body.n);
	list = mem_zalloc(sizeof(*list));
	list->crl = crl;
	list->until_s = until;
	list->bytes = body.n;
	list->lists = lists;
	lists->bytes += body.n;
	map_set(lists->known, slice_of(url), list);
	return true;
}

static struct slice
failed_key(char buf[KEY_SIZE], const char *url, uint32_t account)
{
	int n = snprintf(buf, KEY_SIZE, "%u %s", account, url);

	return slice_from(buf,
	    n < 0              ? 0
		: n < KEY_SIZE ? (size_t)n
			       : KEY_SIZE - 1);
}

void
lists_failed(
    struct lists *lists, const char *url, uint32_t account, uint64_t now_ms)
{
	uint64_t *at = mem_alloc(sizeof(*at));
	char buf[KEY_SIZE];

	*at = now_ms;
	map_set(lists->failed, failed_key(buf, url, account), at);
}

enum lists_state
lists_find(struct lists *lists, const char *url, uint32_t account,
    int64_t now_s, uint64_t now_ms, X509_CRL **out)
{
	const struct list *list = map_get(lists->known, slice_of(url));
	char buf[KEY_SIZE];
	const uint64_t *at;

	if (list != NULL && list->until_s > now_s) {
		*out = list->crl;
		return LISTS_THERE;
	}
	at = map_get(lists->failed, failed_key(buf, url, account));
	return at != NULL && *at + LISTS_AGAIN_MS > now_ms ? LISTS_FAILED
							   : LISTS_UNKNOWN;
}

/* --- where they are ---------------------------------------------------------- */

/* A list for some reasons only, or signed by another than the issuer, says
 * too little. */
static char *
url_of(const DIST_POINT *point)
{
	char *url = NULL;

	if (point->reasons != NULL || point->CRLissuer != NULL ||
	    point->distpoint == NULL || point->distpoint->type != 0)
		return NULL;
	for (int i = 0; url == NULL &&
	     i < sk_GENERAL_NAME_num(point->distpoint->name.fullname);
	     i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(
		    point->distpoint->name.fullname, i);

		if (name->type == GEN_URI)
			url = issuers_usable_url(
			    name->d.uniformResourceIdentifier);
	}
	return url;
}

char *
lists_url(X509 *cert)
{
	CRL_DIST_POINTS *points = X509_get_ext_d2i(
	    cert, NID_crl_distribution_points, NULL, NULL);
	char *url = NULL;

	for (int i = 0; url == NULL && i < sk_DIST_POINT_num(points); i++)
		url = url_of(sk_DIST_POINT_value(points, i));
	CRL_DIST_POINTS_free(points);
	ERR_clear_error();
	return url;
}
