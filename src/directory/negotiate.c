/*
 * negotiate: GSSAPI as an acceptor.
 *
 * Runs in the directory process, in its loop: with the keys in memory a leg
 * is a few decryptions.  Kerberos's own files (krb5.conf, a replay cache) are
 * not used: the process opens none, and replays are told by a map here.
 */
#include "directory/negotiate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <krb5.h>

#include "base/clock.h"
#include "base/keyed.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/secret.h"
#include "directory/keytab.h"
#include "directory/realms.h"

#define LEGS_MAX 10 /* of one login */

/* RFC 4178: 1.3.6.1.5.5.2 */
static const unsigned char spnego_oid[] = { 0x2b, 6, 1, 5, 5, 2 };

struct leg {
	gss_ctx_id_t ctx; /* owned */
	uint64_t peer, since_ms;
	unsigned n;
};

struct negotiate {
	krb5_context krb5;           /* owned */
	krb5_keytab keytab;          /* owned; NULL: none */
	gss_cred_id_t cred;          /* owned */
	char realm[KEYTAB_NAME_MAX]; /* of the keys */
	unsigned names; /* keytabs made: each has a name of its own */
	size_t keys;
	struct map *legs;      /* owned; of struct leg */
	struct keyed *keyed;   /* owned */
	struct map *seen;      /* owned; of uint64_t: when */
	gss_buffer_desc token; /* owned: the last answer's */
	struct realms *realms; /* owned; NULL: nothing was said */
	uint64_t right, refused, ntlm, continued, replayed, foreign;
};

void
negotiate_init(void)
{
	krb5_context krb5 = NULL;
	gss_OID_set mechs = GSS_C_NO_OID_SET;
	OM_uint32 minor;

	(void)setenv("KRB5_CONFIG", "/dev/null", 1);
	(void)setenv("KRB5RCACHENAME", "none:", 1);
	if (gss_indicate_mechs(&minor, &mechs) == GSS_S_COMPLETE)
		(void)gss_release_oid_set(&minor, &mechs);
	if (krb5_init_context(&krb5) == 0)
		krb5_free_context(krb5);
}

static void
leg_free(void *arg)
{
	struct leg *leg = arg;
	OM_uint32 minor;

	(void)gss_delete_sec_context(&minor, &leg->ctx, GSS_C_NO_BUFFER);
	free(leg);
}

struct negotiate *
negotiate_new(void)
{
	struct negotiate *negotiate = mem_zalloc(sizeof(*negotiate));

	if (krb5_init_context(&negotiate->krb5) != 0)
		fatal("libkrb5 can't start");
	negotiate->legs = map_new(NEGOTIATE_LEGS_MAX, leg_free);
	negotiate->seen = map_new(NEGOTIATE_SEEN_MAX, free);
	negotiate->keyed = keyed_new();
	return negotiate;
}

void
negotiate_drop_keytab(struct negotiate *negotiate)
{
	OM_uint32 minor;

	if (negotiate->cred)
		(void)gss_release_cred(&minor, &negotiate->cred);
	if (negotiate->keytab)
		(void)krb5_kt_close(negotiate->krb5, negotiate->keytab);
	negotiate->keytab = NULL;
	negotiate->keys = 0;
}

void
negotiate_set_realms(
    struct negotiate *negotiate, const struct authenticate *authenticate)
{
	realms_free(negotiate->realms);
	negotiate->realms = realms_new(authenticate);
}

static void
drop_token(struct negotiate *negotiate)
{
	OM_uint32 minor;

	(void)gss_release_buffer(&minor, &negotiate->token);
}

void
negotiate_free(struct negotiate *negotiate)
{
	if (!negotiate)
		return;
	drop_token(negotiate);
	map_free(negotiate->legs);
	map_free(negotiate->seen);
	keyed_free(negotiate->keyed);
	negotiate_drop_keytab(negotiate);
	realms_free(negotiate->realms);
	krb5_free_context(negotiate->krb5);
	free(negotiate);
}

/* --- the keys -------------------------------------------------------------------- */

struct filling {
	struct negotiate *negotiate;
	krb5_keytab keytab;
	char realm[KEYTAB_NAME_MAX];
	size_t n;
	bool failed;
};

static void
on_entry(const struct keytab_entry *entry, void *arg)
{
	struct filling *filling = arg;
	krb5_context krb5 = filling->negotiate->krb5;
	krb5_keytab_entry copy;

	memset(&copy, 0, sizeof(copy));
	if (krb5_parse_name(krb5, entry->principal, &copy.principal) != 0) {
		filling->failed = true;
		return;
	}
	copy.vno = entry->kvno;
	copy.key.enctype = entry->enctype;
	copy.key.length = (unsigned)entry->key.n;
	copy.key.contents = (krb5_octet *)(uintptr_t)entry->key.p;
	if (krb5_kt_add_entry(krb5, filling->keytab, &copy) != 0)
		filling->failed = true;
	krb5_free_principal(krb5, copy.principal);
	if (filling->n++ == 0)
		snprintf(
		    filling->realm, sizeof(filling->realm), "%s", entry->realm);
}

static const char *
acquire(const char *name, gss_cred_id_t *out)
{
	gss_key_value_element_desc elements[] = {
		{ "keytab", name },
		{ "rcache", "none:" },
	};
	gss_key_value_set_desc store = { 2, elements };
	gss_OID_set_desc krb5 = { 1, (gss_OID)(uintptr_t)gss_mech_krb5 };
	/* no others: some would go and ask a server */
	gss_OID_desc both[2] = { *gss_mech_krb5,
		{ sizeof(spnego_oid), (void *)(uintptr_t)spnego_oid } };
	gss_OID_set_desc mechs = { 2, both };
	OM_uint32 minor;

	if (GSS_ERROR(
		gss_acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE,
		    &mechs, GSS_C_ACCEPT, &store, out, NULL, NULL)))
		return "GSSAPI can't use it";
	/* nothing but Kerberos inside of SPNEGO */
	if (GSS_ERROR(gss_set_neg_mechs(&minor, *out, &krb5))) {
		(void)gss_release_cred(&minor, out);
		return "GSSAPI can't use it for Kerberos alone";
	}
	return NULL;
}

const char *
negotiate_set_keytab(struct negotiate *negotiate, struct slice file)
{
	struct filling filling = { .negotiate = negotiate };
	gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
	char name[64];
	const char *why;

	snprintf(name, sizeof(name), "MEMORY:sallyport-%u", ++negotiate->names);
	if (krb5_kt_resolve(negotiate->krb5, name, &filling.keytab) != 0)
		return "libkrb5 makes no keytab";
	why = keytab_read(file, on_entry, &filling);
	if (!why && filling.failed)
		why = "libkrb5 refuses an entry";
	if (!why)
		why = acquire(name, &cred);
	if (why) {
		(void)krb5_kt_close(negotiate->krb5, filling.keytab);
		return why;
	}
	negotiate_drop_keytab(negotiate);
	negotiate->keytab = filling.keytab;
	negotiate->cred = cred;
	negotiate->keys = filling.n;
	snprintf(
	    negotiate->realm, sizeof(negotiate->realm), "%s", filling.realm);
	return NULL;
}

/* --- tokens --------------------------------------------------------------------------- */

bool
negotiate_is_ntlm(struct slice token)
{
	static const char ntlm_oid[] =
	    "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
	static const char krb5_oid[] =
	    "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"; /* and Microsoft's: */
	static const char ms_oid[] = "\x2a\x86\x48\x82\xf7\x12\x01\x02\x02";

	if (slice_starts(token, SLICE("NTLMSSP\0")))
		return true;
	return slice_search(token, SLICE(ntlm_oid)) < token.n &&
	    slice_search(token, SLICE(krb5_oid)) == token.n &&
	    slice_search(token, SLICE(ms_oid)) == token.n;
}

static void
refuse(
    struct negotiate *negotiate, struct negotiate_answer *out, const char *why)
{
	negotiate->refused++;
	out->ret = NEGOTIATE_REFUSED;
	snprintf(out->why, sizeof(out->why), "%s", why);
}

static void
refuse_by_library(struct negotiate *negotiate, struct negotiate_answer *out,
    OM_uint32 major, OM_uint32 minor)
{
	gss_buffer_desc general = GSS_C_EMPTY_BUFFER;
	gss_buffer_desc detail = GSS_C_EMPTY_BUFFER;
	OM_uint32 more = 0, ignored;
	bool more_to_say = minor != 0; /* else it would say "Success" */
	char text[240];

	(void)gss_display_status(
	    &ignored, major, GSS_C_GSS_CODE, GSS_C_NO_OID, &more, &general);
	more = 0;
	if (more_to_say)
		(void)gss_display_status(&ignored, minor, GSS_C_MECH_CODE,
		    (gss_OID)(uintptr_t)gss_mech_krb5, &more, &detail);
	/* GSS_S_FAILURE says of itself that it says nothing */
	if (more_to_say && GSS_ROUTINE_ERROR(major) == GSS_S_FAILURE)
		snprintf(text, sizeof(text), "%.*s", (int)detail.length,
		    (const char *)detail.value);
	else
		snprintf(text, sizeof(text), "%.*s%s%.*s", (int)general.length,
		    (const char *)general.value, more_to_say ? ": " : "",
		    (int)detail.length,
		    more_to_say ? (const char *)detail.value : "");
	(void)gss_release_buffer(&ignored, &general);
	(void)gss_release_buffer(&ignored, &detail);
	refuse(negotiate, out, text);
}

/* --- who it is -------------------------------------------------------------------------- */

/* The key that the client made for this login alone. */
static const char *
check_replay(struct negotiate *negotiate, gss_ctx_id_t *ctx)
{
	gss_krb5_lucid_context_v1_t *lucid = NULL;
	unsigned char tag[KEYED_SIZE];
	const gss_krb5_lucid_key_t *key;
	uint64_t *when, now = clock_ms();
	OM_uint32 minor;

	if (GSS_ERROR(gss_krb5_export_lucid_sec_context(
		&minor, ctx, 1, (void **)&lucid)))
		return "the ticket's key can't be told";
	key = lucid->protocol ? &lucid->cfx_kd.ctx_key
			      : &lucid->rfc1964_kd.ctx_key;
	keyed_hash(negotiate->keyed, slice_from(key->data, key->length), tag);
	(void)gss_krb5_free_lucid_sec_context(&minor, lucid);
	when = map_get(negotiate->seen, slice_from(tag, sizeof(tag)));
	if (when && now - *when < NEGOTIATE_SEEN_MS) {
		negotiate->replayed++;
		return "the ticket was used before";
	}
	when = mem_alloc(sizeof(*when));
	*when = now;
	map_set(negotiate->seen, slice_from(tag, sizeof(tag)), when);
	return NULL;
}

static void
refuse_realm(struct negotiate *negotiate, struct negotiate_answer *out,
    struct slice principal)
{
	char text[240];

	snprintf(text, sizeof(text), "nobody of its realm is let in: %.*s",
	    (int)(principal.n < 160 ? principal.n : 160), principal.p);
	refuse(negotiate, out, text);
	negotiate->foreign++;
	out->ret = NEGOTIATE_REALM;
}

static void
complete(struct negotiate *negotiate, struct leg *leg, gss_name_t client,
    struct negotiate_answer *out)
{
	gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
	enum realms_ret ret = REALMS_NOBODY;
	const char *why = "the ticket has no name";
	struct slice name;
	OM_uint32 minor;

	if (!GSS_ERROR(gss_display_name(&minor, client, &text, NULL))) {
		name = slice_from(text.value, text.length);
		ret = realms_map(negotiate->realms, slice_of(negotiate->realm),
		    name, out->account, &why);
		if (ret == REALMS_UNKNOWN)
			refuse_realm(negotiate, out, name);
	}
	(void)gss_release_buffer(&minor, &text);
	if (ret == REALMS_UNKNOWN)
		return;
	if (!why)
		why = check_replay(negotiate, &leg->ctx);
	if (why) {
		refuse(negotiate, out, why);
		return;
	}
	negotiate->right++;
	out->ret = NEGOTIATE_OK;
}

/* --- legs --------------------------------------------------------------------------------- */

static struct slice
key_of(const uint64_t *handle)
{
	return slice_from(handle, sizeof(*handle));
}

static struct leg *
take_leg(struct negotiate *negotiate, uint64_t peer, uint64_t handle)
{
	struct leg *leg;

	if (handle == 0) {
		leg = mem_zalloc(sizeof(*leg));
		leg->ctx = GSS_C_NO_CONTEXT;
		leg->peer = peer;
		leg->since_ms = clock_ms();
		return leg;
	}
	leg = map_take(negotiate->legs, key_of(&handle));
	if (leg && leg->peer == peer && leg->n < LEGS_MAX &&
	    clock_ms() - leg->since_ms < NEGOTIATE_LEG_MS)
		return leg;
	if (leg)
		leg_free(leg);
	return NULL;
}

static void
keep_leg(
    struct negotiate *negotiate, struct leg *leg, struct negotiate_answer *out)
{
	out->ret = NEGOTIATE_CONTINUE;
	while (out->leg == 0)
		secret_random(&out->leg, sizeof(out->leg));
	leg->n++;
	negotiate->continued++;
	map_set(negotiate->legs, key_of(&out->leg), leg);
}

static void
accept_token(struct negotiate *negotiate, struct leg *leg, struct slice token,
    struct negotiate_answer *out)
{
	gss_buffer_desc in = { token.n, (void *)(uintptr_t)token.p };
	gss_name_t client = GSS_C_NO_NAME;
	OM_uint32 major, minor, ignored;
	gss_OID mech = GSS_C_NO_OID;

	major = gss_accept_sec_context(&minor, &leg->ctx, negotiate->cred, &in,
	    GSS_C_NO_CHANNEL_BINDINGS, &client, &mech, &negotiate->token, NULL,
	    NULL, NULL);
	out->token = slice_from(
	    negotiate->token.value, negotiate->token.length);
	if (GSS_ERROR(major)) {
		refuse_by_library(negotiate, out, major, minor);
	} else if (major & GSS_S_CONTINUE_NEEDED) {
		keep_leg(negotiate, leg, out);
		leg = NULL;
	} else {
		complete(negotiate, leg, client, out);
	}
	(void)gss_release_name(&ignored, &client);
	if (leg)
		leg_free(leg);
}

void
negotiate_step(struct negotiate *negotiate, uint64_t peer, uint64_t handle,
    struct slice token, struct negotiate_answer *out)
{
	struct leg *leg;

	*out = (struct negotiate_answer){ .ret = NEGOTIATE_NO_KEY };
	drop_token(negotiate);
	if (!negotiate->cred)
		return;
	if (negotiate_is_ntlm(token)) {
		negotiate->ntlm++;
		out->ret = NEGOTIATE_NTLM;
		return;
	}
	if (token.n == 0 || token.n > NEGOTIATE_TOKEN_MAX) {
		refuse(negotiate, out, "the token has an odd size");
		return;
	}
	leg = take_leg(negotiate, peer, handle);
	if (!leg)
		refuse(negotiate, out, "the login took too long");
	else
		accept_token(negotiate, leg, token, out);
}

void
negotiate_status(const struct negotiate *negotiate, struct json *json)
{
	json_open(json, "negotiate");
	json_u64(json, "keys", negotiate->keys);
	json_str(json, "realm", slice_of(negotiate->realm));
	json_u64(json, "right", negotiate->right);
	json_u64(json, "refused", negotiate->refused);
	json_u64(json, "replayed", negotiate->replayed);
	json_u64(json, "of_other_realms", negotiate->foreign);
	json_u64(json, "ntlm", negotiate->ntlm);
	json_u64(json, "further_legs", negotiate->continued);
	json_u64(json, "under_way", map_count(negotiate->legs));
	json_close(json);
}
