/*
 * ask: passwords between people and the verbs.
 *
 * Never prints what was typed, never keeps it: it goes into the caller's
 * secret and is wiped here.  Judging a password is directory/hash.h's.
 */
#include "cli/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "directory/hash.h"

#define CTRL_C 3

static const char too_long[] = "the password is longer than 511 bytes";

/* A line of fd; its newline (or ^C, which a terminal without ISIG gives) is
 * left out. */
static int
read_line(int fd, struct secret *out, const char **why)
{
	char line[PASSWORD_MAX_LEN + 2], c = 0;
	size_t n = 0;
	ssize_t got;
	int ret = -1;

	while (n < sizeof(line)) {
		got = read(fd, &c, 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || c == '\n' || c == CTRL_C)
			break;
		line[n++] = c;
	}
	if (n && line[n - 1] == '\r')
		n--;
	if (c == CTRL_C) {
		*why = "given up";
	} else if (n > PASSWORD_MAX_LEN) {
		*why = too_long;
	} else {
		secret_init(out, n + 1);
		secret_set(out, line, n);
		ret = 0;
	}
	secret_wipe(line, sizeof(line));
	return ret;
}

static void
say(int tty, const char *prefix, const char *text)
{
	(void)dprintf(tty, "%s%s", prefix, text);
}

/* With the echo off and ^C as the end of a line, so that whatever happens
 * the terminal is put back as it was. */
static int
ask_both(int tty, const char *name, struct secret *out, const char **why)
{
	struct secret again = { NULL, 0, 0 };
	int ret = -1;

	say(tty, "Password for ", name);
	say(tty, ": ", "");
	if (read_line(tty, out, why) < 0)
		return -1;
	say(tty, "\nAgain: ", "");
	if (read_line(tty, &again, why) == 0) {
		ret = secret_eq(secret_slice(out), secret_slice(&again)) ? 0
									 : -1;
		if (ret < 0)
			*why = "the two are not the same";
	}
	say(tty, "\n", "");
	secret_clear(&again);
	if (ret < 0)
		secret_clear(out);
	return ret;
}

int
ask_terminal(const char *name, struct secret *out, const char **why)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	struct termios before, quiet;
	int ret = -1;

	if (tty < 0 || tcgetattr(tty, &before) < 0) {
		*why = "there is no terminal to ask at: give --stdin or "
		       "--generate";
		if (tty >= 0)
			close(tty);
		return -1;
	}
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	quiet.c_lflag |= ICANON;
	quiet.c_cc[VEOL] = CTRL_C;
	if (tcsetattr(tty, TCSAFLUSH, &quiet) < 0)
		*why = "the terminal's echo can't be turned off";
	else
		ret = ask_both(tty, name, out, why);
	(void)tcsetattr(tty, TCSAFLUSH, &before);
	close(tty);
	return ret;
}

int
ask_stdin(struct secret *out, const char **why)
{
	return read_line(STDIN_FILENO, out, why);
}

/* Without those that are taken for one another: 0 and o, 1, l and i. */
static char
random_letter(void)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	size_t n = sizeof(letters) - 1;
	unsigned char byte;

	do
		secret_random(&byte, 1);
	while (byte >= 256 / n * n);
	return letters[byte % n];
}

void
ask_generate(char out[ASK_GENERATED_SIZE])
{
	for (size_t i = 0; i < ASK_GENERATED_SIZE - 1; i++)
		out[i] = i % 6 == 5 ? '-' : random_letter();
	out[ASK_GENERATED_SIZE - 1] = '\0';
}
