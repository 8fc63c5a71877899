/*
 * destfile: a file of destinations: names, *.names, addresses and networks,
 * one a line, "#" before comments.
 */
#ifndef CONF_DESTFILE_H
#define CONF_DESTFILE_H

#include "conf/reading.h"

/* The file's content; the model owns it, and has it once however often it is
 * named. What is wrong in it is reported at its own lines, the first
 * DESTFILE_WRONG_MAX times; a file that can't be read at `at`, and the list
 * is empty then. */
const struct dest_list *destfile_get(
    struct reading *reading, const char *path, struct place at);

#define DESTFILE_WRONG_MAX 20

#endif
