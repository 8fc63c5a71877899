/*
 * keeper: the filter's only writer.
 *
 * Holds the key and the filter's file, mapped; adds the password of each
 * login that was right.  Where the file is replaced by another, what was
 * learned in the last minutes is added to that, too: whoever made it may
 * have copied the old one before.
 */
#ifndef DIRECTORY_KEEPER_H
#define DIRECTORY_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/json.h"
#include "base/slice.h"

struct keeper;

struct keeper *keeper_new(void);
void keeper_free(struct keeper *keeper); /* NULL is fine */

/* From the supervisor; they take fd. What can't be used is logged, and what
 * was before stays. */
void keeper_set_key(struct keeper *keeper, int fd);
void keeper_set_filter(struct keeper *keeper, int fd);

/* A configuration with a filter: NULL, or why what came for it can't be
 * used. */
const char *keeper_check(const struct keeper *keeper);
/* Whether passwords are learned from now on. */
void keeper_set_learning(struct keeper *keeper, bool learn);

/* A login begins: its password is kept until keeper_settle, in locked
 * memory. peer and id: the asker's. */
void keeper_hold(
    struct keeper *keeper, uint64_t peer, uint64_t id, struct slice password);
/* It has ended. account: who that is, or empty where it failed. True where
 * the filter didn't have this password: it is new to us. */
bool keeper_settle(
    struct keeper *keeper, uint64_t peer, uint64_t id, struct slice account);
void keeper_forget_peer(struct keeper *keeper, uint64_t peer);

/* Members for an object that is open. */
void keeper_status(const struct keeper *keeper, struct json *json);

#endif
