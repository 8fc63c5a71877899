/*
 * directory_print: the canonical text of `directory` and `authenticate`.
 */
#include <string.h>

#include "conf/directory.h"
#include "conf/print.h"

static void
print_line(const char *word, const char *text, FILE *out)
{
	if (!text)
		return;
	fprintf(out, "\t%s ", word);
	print_quoted(slice_of(text), out);
	fputc('\n', out);
}

static void
print_trust(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out)
{
	size_t n = directory->trust.n + directory->trust_system;

	fputs("\ttrust ", out);
	if (directory->trust_system) {
		print_before(0, n, out);
		fputs("system", out);
	}
	for (size_t i = 0; i < directory->trust.n; i++) {
		print_before(i + directory->trust_system, n, out);
		print_path(conf, directory->trust.v[i].path, out);
	}
	print_after(n, out);
	fputc('\n', out);
}

static void
print_servers(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out)
{
	for (size_t i = 0; i < directory->servers.n; i++)
		print_line("server", directory->servers.v[i].text, out);
	print_trust(conf, directory, out);
	if (directory->starttls)
		fputs("\tstarttls\n", out);
	if (directory->cleartext)
		fputs("\tcleartext-i-know-the-risk\n", out);
}

static void
print_bind(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out)
{
	if (!directory->bind_dn)
		return;
	fputs("\tbind ", out);
	print_quoted(slice_of(directory->bind_dn), out);
	fputs(" password file ", out);
	print_path(conf, directory->password_file, out);
	fputc('\n', out);
}

static void
print_accounts(const struct ldap_directory *directory, FILE *out)
{
	fprintf(out, "\tflavour %s\n\tclass %s\n\tnames ",
	    directory->flavour == FLAVOUR_OPENLDAP ? "openldap"
						   : "active-directory",
	    directory->class);
	for (size_t i = 0; i < directory->names.n; i++) {
		print_before(i, directory->names.n, out);
		fputs(directory->names.v[i], out);
	}
	print_after(directory->names.n, out);
	fputc('\n', out);
	print_line("domain", directory->domain, out);
}

static void
print_groups(const struct ldap_directory *directory, FILE *out)
{
	static const char *const how[] = {
		[GROUPS_NONE] = "none",
		[GROUPS_DIRECT] = "direct",
		[GROUPS_NESTED] = "nested",
	};

	fprintf(out, "\tgroups %s", how[directory->groups]);
	if (directory->group_base) {
		fputs(" below ", out);
		print_quoted(slice_of(directory->group_base), out);
	}
	fprintf(out, " name %s", directory->group_name);
	if (directory->member_of)
		fprintf(out, " listed %s", directory->member_of);
	fputc('\n', out);
}

static void
print_numbers(struct settings settings, const void *base, FILE *out)
{
	char text[UNIT_TEXT_SIZE];

	for (size_t i = 0; i < settings.n; i++) {
		uint64_t value;

		memcpy(&value, (const char *)base + settings.v[i].offset,
		    sizeof(value));
		fprintf(out, "\t%s %s %s\n", settings.what, settings.v[i].word,
		    unit_text(text, settings.v[i].unit, value));
	}
}

void
directory_print_whose(const struct ldap_directory *directory, FILE *out)
{
	print_line("base", directory->base, out);
	print_accounts(directory, out);
	print_groups(directory, out);
}

void
directory_print_decides(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out)
{
	print_servers(conf, directory, out);
	print_line("base", directory->base, out);
	print_bind(conf, directory, out);
	print_accounts(directory, out);
	print_groups(directory, out);
}

void
directory_print_one(
    const struct conf *conf, const struct ldap_directory *directory, FILE *out)
{
	fputs("directory ldap ", out);
	print_word(slice_of(directory->name), out);
	fputs(" {\n", out);
	directory_print_decides(conf, directory, out);
	fprintf(out, "\tbudget spent %s\n\toutage logins %s\n",
	    directory->past == PAST_KNOWN ? "known" : "nobody",
	    directory->admit_unchecked ? "admit-unchecked" : "refuse");
	if (directory->outage_credentials != OUTAGE_UNSAID)
		fprintf(out, "\toutage credentials %s\n",
		    directory->outage_credentials == OUTAGE_BLOCK ? "block"
								  : "pass");
	print_numbers(directory_times(), &directory->times, out);
	print_numbers(directory_numbers(), &directory->limits, out);
	fputs("}\n", out);
}

/* The realm has a line of its own before. */
static void
print_authenticate(const struct conf *conf, FILE *out)
{
	const struct authenticate *it = &conf->authenticate;

	if (it->at.line == 0)
		return;
	fputs("authenticate", out);
	if (it->keytab) {
		fputs(" negotiate keytab ", out);
		print_path(conf, it->keytab, out);
	}
	fputs(" basic realm ", out);
	print_quoted(slice_of(conf->realm), out);
	if (it->with.n)
		fputs(" with ", out);
	for (size_t i = 0; i < it->with.n; i++) {
		print_before(i, it->with.n, out);
		print_word(slice_of(it->with.v[i].name), out);
	}
	if (it->with.n)
		print_after(it->with.n, out);
	fputc('\n', out);
}

static void
print_realm(const struct realm_rule *rule, FILE *out)
{
	static const char *const how[] = {
		[REALM_STRIP] = "strip",
		[REALM_KEEP] = "keep",
		[REALM_AS] = "as ",
		[REALM_REFUSE] = "refuse",
	};

	fputs("kerberos realm ", out);
	print_quoted(slice_of(rule->realm), out);
	fprintf(out, " %s", how[rule->how]);
	if (rule->as)
		print_quoted(slice_of(rule->as), out);
	fputc('\n', out);
}

void
directory_print(const struct conf *conf, FILE *out)
{
	for (size_t i = 0; i < conf->directories.n; i++)
		directory_print_one(conf, &conf->directories.v[i], out);
	print_authenticate(conf, out);
	for (size_t i = 0; i < conf->authenticate.realms.n; i++)
		print_realm(&conf->authenticate.realms.v[i], out);
}
