/*
 * verb: what the verbs of the command line have in common.
 *
 * Each verb is one file of cli/ with one function, cli_VERB(argc, argv), in
 * which argv[0] is the verb; it returns the exit status: 0 done, 1 it did
 * not work or the answer is no, 2 misused.  main.c has the table.
 */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#define VERB_OK 0
#define VERB_FAILED 1
#define VERB_MISUSE 2

#define VERB_CONF_DEFAULT SYSCONFDIR "/proxy.conf"

int cli_run(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_explain(int argc, char **argv);
int cli_reload(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_guard(int argc, char **argv);
int cli_directory(int argc, char **argv);
int cli_user(int argc, char **argv);
int cli_ca(int argc, char **argv);
int cli_filter(int argc, char **argv);
int cli_incidents(int argc, char **argv);
int cli_role(int argc, char **argv); /* hidden: `_role NAME INDEX` */

/* Prints text to standard output; returns VERB_OK. */
int verb_help(const char *text);

/* The words and the first line of help, to standard error; returns
 * VERB_MISUSE. */
int verb_misuse(const char *help, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
