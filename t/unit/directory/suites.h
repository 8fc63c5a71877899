/*
 * The suites of this room, one a file.
 */
#ifndef T_DIRECTORY_SUITES_H
#define T_DIRECTORY_SUITES_H

#include <check.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* Hashes of "secret", cheap ones, by kind. */
#define YESCRYPT_SECRET                                                        \
	"$y$j75$xVll3hMBg/C2JGinWNz6b1$Yf0yaBUKgO"                             \
	"SpLZjhWbQqo5.ecL2F3niGjuGE1zRvTu1"
#define BCRYPT_SECRET                                                          \
	"$2y$04$ebTxyJbmuMTbfvinSYPPWuR5JRELK99a0"                             \
	"hS1FHDmxRwnXgYcR4zWy"
#define SHA512_SECRET                                                          \
	"$6$rounds=1000$VqIwCC2w95Yda/Bv$DgsNGxfI"                             \
	"zPfZE6fDprYfin.daDyPUunEgrIFhdgWtFiia3aR0oqgWUjVGVFqSZb1ABir"         \
	"2dneNmKkpywG5.b26/"

Suite *suite_accounts(void);
Suite *suite_budgets(void);
Suite *suite_changes(void);
Suite *suite_checker(void);
Suite *suite_desk(void);
Suite *suite_directory(void);
Suite *suite_edit(void);
Suite *suite_file(void);
Suite *suite_grace(void);
Suite *suite_hash(void);
Suite *suite_inquiry(void);
Suite *suite_keeper(void);
Suite *suite_keytab(void);
Suite *suite_ldap_account(void);
Suite *suite_ldap_filter(void);
Suite *suite_ldap_verdict(void);
Suite *suite_memories(void);
Suite *suite_numbers(void);
Suite *suite_roster(void);
Suite *suite_realms(void);
Suite *suite_several(void);
Suite *suite_tally(void);
Suite *suite_crowd(void);
Suite *suite_throttle(void);
Suite *suite_untold(void);
Suite *suite_waiters(void);
Suite *suite_warden(void);
Suite *suite_ways(void);

#endif
