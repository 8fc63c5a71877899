/*
 * ask: gets a password from whoever runs the program, or makes one.
 */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "base/secret.h"

#define ASK_GENERATED_SIZE 24 /* four groups of five, three dashes, a NUL */

/* All: 0, and the caller clears *out; or -1 with *why in words. */

/* Twice at the terminal, without showing it. */
int ask_terminal(const char *name, struct secret *out, const char **why);
/* The first line of standard input, without its newline. */
int ask_stdin(struct secret *out, const char **why);

/* A password of about 99 bits, easy to read to somebody. */
void ask_generate(char out[ASK_GENERATED_SIZE]);

#endif
