/*
 * The suites of the tests that need a kernel.
 */
#ifndef T_GUARD_KERNEL_SUITES_H
#define T_GUARD_KERNEL_SUITES_H

#include <check.h>

Suite *suite_denial(void);
Suite *suite_draws(void);
Suite *suite_host_form(void);
Suite *suite_life(void);
Suite *suite_proxy_form(void);
Suite *suite_uring(void);
Suite *suite_wire_option(void);

#endif
