/*
 * value: the single words of proxy.conf that stand for something: addresses,
 * networks, destinations, ports, times, paths.
 *
 * Pure. Each returns NULL, or what is wrong in words, *out untouched then.
 */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "base/arena.h"
#include "base/prefix.h"
#include "conf/model.h"

/* In any spelling that host_parse takes; port stays 0. */
const char *value_address(struct slice s, struct addr *out);
/* "10.0.0.0/8", or an address in any spelling. */
const char *value_network(struct slice s, struct prefix *out);
/* A name, *.name, address or network: kind, and name or prefix, are set. */
const char *value_dest(struct slice s, struct dest *out);

const char *value_port(struct slice s, uint16_t *out);
const char *value_ports(struct slice s, struct port_range *out);

/* "mon", "sat-sun": bits from Monday. */
const char *value_days(struct slice s, uint8_t *out);
/* "08:00-18:00", "22:00-06:00"; sets from and to. */
const char *value_hours(struct slice s, struct time_range *out);

/* A token of RFC 9110 section 5.6.2, in upper case. */
const char *value_method(
    struct arena *arena, struct slice s, struct slice *out);
/* A prefix of paths in the canonical form of http/target.h, without a slash
 * at its end. */
const char *value_path(struct arena *arena, struct slice s, struct slice *out);
/* An account, a group, a pattern: no control characters, at most
 * VALUE_NAME_MAX bytes; ASCII letters in lower case. */
const char *value_account(
    struct arena *arena, struct slice s, struct slice *out);

/* http:// or https://, host, port; no user name. */
const char *value_url(struct slice s);

#define VALUE_NAME_MAX 255
#define VALUE_URL_MAX 2000
#define VALUE_DAYS_ALL 0x7f

/* "mon" … "sun" */
extern const char *const value_day_names[7];

#endif
