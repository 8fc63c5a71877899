/*
 * pins: the files of a BPF file system by which maps and links outlive us.
 */
#ifndef GUARD_PINS_H
#define GUARD_PINS_H

#include "guard/load.h"

#define PINS_MAX 8 /* links */
#define PINS_PATH_MAX 512

/* Makes the directory of this form and layout. NULL, or why not; *dir is the
 * caller's. */
const char *pins_open_dir(const char *pins, enum guard_form form, char **dir);
/* Lets go of what programs of older layouts pinned there. */
void pins_remove_older(const char *pins, enum guard_form form);
void pins_path(char path[PINS_PATH_MAX], const char *dir, const char *kind,
    const char *name);

#endif
