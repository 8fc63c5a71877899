/*
 * parse: recursive descent over the statements of proxy.conf; shape only.
 *
 * Each statement is a row of a table and a function.  Such a function gets
 * its keyword and leaves the end of the line to parse.c; it returns false
 * where the shape was wrong (reported), and the rest of the statement is
 * then skipped.  A single wrong word is reported and passed over.
 */
#ifndef CONF_PARSE_H
#define CONF_PARSE_H

#include "conf/defaults.h"
#include "conf/reading.h"
#include "conf/stream.h"

#define PARSE_ITEMS_MAX 20000 /* of one list; more belong in a file */

struct parser {
	struct reading *reading; /* borrowed */
	struct stream *stream;   /* borrowed */
	struct conf *conf;       /* borrowed */
	struct arena *arena;     /* borrowed: the model's */
	long depth;              /* of braces, in this statement */
	bool separated;      /* a comma or line end stands before this item */
	const char *include; /* to be opened at the end of this line, or NULL */
	struct place include_at;
};

struct statement {
	const char *word;
	bool (*parse)(struct parser *parser, const struct token *head);
	bool once;
};

struct statements {
	const struct statement *v;
	size_t n;
};

/* settings.c, selective.c, rules.c and guarding.c */
struct statements settings_statements(void);
bool parse_authority(struct parser *parser, const struct token *head);
struct statements selective_statements(void);
struct statements rules_statements(void);
struct statements guarding_statements(void);
struct statements credentials_statements(void);
struct statements origins_statements(void);
struct statements directory_statements(void);
struct statements authenticate_statements(void);

/* The words of enum packets_mode. */
extern const char *const guarding_modes[];
/* Those of enum containers_mode. */
extern const char *const guarding_containers[];
/* The words of enum revocation_mode, and those of enum cert_fault from its
 * lowest bit on. */
extern const char *const origins_modes[];
extern const char *const origins_faults[];
extern const size_t origins_faults_count;

/* Reads all of path into reading's model. */
void parse_file(struct reading *reading, const char *path);

/* --- for the statements' functions ----------------------------------------- */

struct token parse_peek(struct parser *parser);
struct token parse_next(struct parser *parser);

/* Takes a bare word that equals word; else leaves it and says nothing. */
bool parse_take(struct parser *parser, const char *word);
/* The same, and reports where something else stands there. */
bool parse_expect(struct parser *parser, const char *word);
/* A word, or a quoted string; `what` is wanted, with its article. */
bool parse_value(struct parser *parser, const char *what, struct token *out);

/* A number with its unit for a setting of that table, name and value; an
 * unknown name and a value out of bounds are reported. */
bool parse_setting(struct parser *parser, struct settings settings, void *base);

/* One item or a list in braces; item gets each one's first token and may
 * take more. */
typedef bool parse_item(
    struct parser *parser, const struct token *first, void *into);
bool parse_list(
    struct parser *parser, const char *what, parse_item *item, void *into);
/* The same where "{ }" means something. */
bool parse_list_or_none(
    struct parser *parser, const char *what, parse_item *item, void *into);

/* Reports at token where wrong isn't NULL: true if all is well. */
bool parse_judge(
    struct parser *parser, const struct token *token, const char *wrong);
/* "expected WHAT, not …" */
bool parse_unexpected(
    struct parser *parser, const struct token *token, const char *what);

/* Paths go through reading_path; strings are copied to the arena. */
bool parse_path(struct parser *parser, const char **out, struct place *at);
const char *parse_string(struct parser *parser, const struct token *token);

/* "path key path [passphrase path]", behind "certificate". */
bool parse_pair(struct parser *parser, struct pair *out);

/* --- shapes that several statements share ---------------------------------- */

/* Bits of what may stand in a list of destinations beside names, networks
 * and files. */
enum {
	ALLOW_ANY = 1,
	ALLOW_INTERNAL = 2,
	ALLOW_PORT = 4,
	ALLOW_FILE = 8,
	MAY_BE_EMPTY = 16
};
bool parse_dests(struct parser *parser, unsigned allowed, dests *out);

/* Behind `user` or `group`. */
bool parse_users(struct parser *parser, struct who *who);
bool parse_groups(struct parser *parser, struct who *who);
/* "user …|group …", from that word on. */
bool parse_somebody(struct parser *parser, struct who *who);
/* The same with a "not" before it, or none. */
bool parse_who(struct parser *parser, struct who *who);

/* All up to the end of the line; sets a label where none is given. */
bool parse_conditions(struct parser *parser, struct rule *rule);

#endif
