/*
 * source_text: a directory's statement as text, with the content of its trust
 * files: the same text is the same directory. The caller frees.
 */
#ifndef DIRECTORY_SOURCE_TEXT_H
#define DIRECTORY_SOURCE_TEXT_H

#include "conf/conf.h"

char *source_text_all(struct bundle *bundle, const struct conf *conf,
    const struct ldap_directory *directory);
/* What decides who is right: not its times and limits. */
char *source_text_decides(struct bundle *bundle, const struct conf *conf,
    const struct ldap_directory *directory);
/* Whose accounts they are, whoever is asked. */
char *source_text_whose(const struct ldap_directory *directory);

#endif
