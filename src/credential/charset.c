/*
 * charset: iconv(3) behind a fixed table.
 *
 * Never guesses which charset it is: the scan tries them.
 */
#include "credential/charset.h"

#include <stdlib.h>

#include <iconv.h>

#include "base/mem.h"

struct charsets {
	iconv_t from[CHARSET_COUNT]; /* owned; (iconv_t)-1 where missing */
};

static const struct {
	const char *iconv;
	const char *label;
} charsets[CHARSET_COUNT] = {
	[CHARSET_UTF16LE] = { "UTF-16LE", "utf16le" },
	[CHARSET_UTF16BE] = { "UTF-16BE", "utf16be" },
	[CHARSET_CP1252] = { "CP1252", "cp1252" },
	[CHARSET_CP1251] = { "CP1251", "cp1251" },
	[CHARSET_GB18030] = { "GB18030", "gb18030" },
	[CHARSET_SHIFT_JIS] = { "CP932", "shift_jis" },
	[CHARSET_BIG5] = { "BIG5-HKSCS", "big5" },
	[CHARSET_EUC_KR] = { "CP949", "euc-kr" },
	[CHARSET_EUC_JP] = { "EUC-JP", "euc-jp" },
	[CHARSET_CP1250] = { "CP1250", "cp1250" },
	[CHARSET_KOI8_R] = { "KOI8-R", "koi8-r" },
	[CHARSET_ISO_8859_15] = { "ISO-8859-15", "iso-8859-15" },
	[CHARSET_CP1253] = { "CP1253", "cp1253" },
	[CHARSET_CP1254] = { "CP1254", "cp1254" },
	[CHARSET_CP1255] = { "CP1255", "cp1255" },
	[CHARSET_CP1256] = { "CP1256", "cp1256" },
};

/* The labels of the WHATWG Encoding standard that are in use; as there,
 * ISO-8859-1 and ASCII mean windows-1252. */
static const struct {
	const char *name;
	enum charset charset;
} names[] = {
	{ "iso-8859-1", CHARSET_CP1252 },
	{ "windows-1252", CHARSET_CP1252 },
	{ "latin1", CHARSET_CP1252 },
	{ "us-ascii", CHARSET_CP1252 },
	{ "ascii", CHARSET_CP1252 },
	{ "cp1252", CHARSET_CP1252 },
	{ "iso-8859-15", CHARSET_ISO_8859_15 },
	{ "latin9", CHARSET_ISO_8859_15 },
	{ "windows-1251", CHARSET_CP1251 },
	{ "cp1251", CHARSET_CP1251 },
	{ "koi8-r", CHARSET_KOI8_R },
	{ "koi8-u", CHARSET_KOI8_R },
	{ "gb18030", CHARSET_GB18030 },
	{ "gbk", CHARSET_GB18030 },
	{ "gb2312", CHARSET_GB18030 },
	{ "shift_jis", CHARSET_SHIFT_JIS },
	{ "sjis", CHARSET_SHIFT_JIS },
	{ "windows-31j", CHARSET_SHIFT_JIS },
	{ "big5", CHARSET_BIG5 },
	{ "euc-kr", CHARSET_EUC_KR },
	{ "euc-jp", CHARSET_EUC_JP },
	{ "windows-1250", CHARSET_CP1250 },
	{ "iso-8859-2", CHARSET_CP1250 },
	{ "windows-1253", CHARSET_CP1253 },
	{ "iso-8859-7", CHARSET_CP1253 },
	{ "windows-1254", CHARSET_CP1254 },
	{ "iso-8859-9", CHARSET_CP1254 },
	{ "windows-1255", CHARSET_CP1255 },
	{ "windows-1256", CHARSET_CP1256 },
	{ "utf-16", CHARSET_UTF16LE },
	{ "utf-16le", CHARSET_UTF16LE },
	{ "utf-16be", CHARSET_UTF16BE },
};

struct charsets *
charsets_new(void)
{
	struct charsets *set = mem_zalloc(sizeof(*set));
	size_t i;

	for (i = 0; i < CHARSET_COUNT; i++)
		set->from[i] = iconv_open("UTF-8", charsets[i].iconv);
	return set;
}

void
charsets_free(struct charsets *set)
{
	size_t i;

	if (set == NULL)
		return;
	for (i = 0; i < CHARSET_COUNT; i++) {
		if (set->from[i] != (iconv_t)-1)
			iconv_close(set->from[i]);
	}
	free(set);
}

enum charset
charset_of_name(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (slice_caseeq_str(name, names[i].name))
			return names[i].charset;
	}
	return CHARSET_COUNT;
}

size_t
charset_convert(struct charsets *set, enum charset charset, struct slice in,
    char *out, size_t cap)
{
	char *from = (char *)(uintptr_t)in.p;
	size_t left = in.n, room = cap;
	iconv_t cd;

	if (charset >= CHARSET_COUNT || in.n == 0)
		return 0;
	cd = set->from[charset];
	if (cd == (iconv_t)-1)
		return 0;
	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &left, &out, &room) == (size_t)-1)
		return 0;
	/* some converters hold the last character back */
	if (iconv(cd, NULL, NULL, &out, &room) == (size_t)-1)
		return 0;
	return left == 0 ? cap - room : 0;
}

const char *
charset_label(enum charset charset)
{
	return charset < CHARSET_COUNT ? charsets[charset].label : "utf-8";
}
