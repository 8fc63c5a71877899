/*
 * login: made when somebody asks, wiped when it is over.
 *
 * Used by the desk of the directory process, which decides.  It holds a
 * password only while it waits for its turn.
 */
#include "directory/login.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* account, NUL, address, password */
#define QUESTION_MAX (ACCOUNT_NAME_MAX + 1 + 16 + PASSWORD_MAX_LEN)

struct login *
login_new(const struct addr *client, struct slice account)
{
	struct login *login = mem_zalloc(sizeof(*login));

	login->naccount = account_name_fold(account, login->account).n;
	login->client = *client;
	return login;
}

void
login_free(void *arg)
{
	struct login *login = arg;

	waiters_clear(&login->waiters);
	free(login->token);
	secret_clear(&login->password);
	secret_wipe(login->key, sizeof(login->key));
	free(login);
}

void
login_set_key(struct login *login, struct keyed *keyed, struct slice password)
{
	char text[QUESTION_MAX];
	size_t n = login->naccount, nip = sizeof(login->client.ip);

	memcpy(text, login->account, n);
	text[n++] = '\0'; /* which no name holds */
	memcpy(text + n, login->client.ip, nip);
	memcpy(text + n + nip, password.p, password.n);
	keyed_hash(keyed, slice_from(text, n + nip + password.n), login->key);
	secret_wipe(text, sizeof(text));
}

struct slice
login_key(const struct login *login)
{
	return slice_from(login->key, sizeof(login->key));
}

struct slice
login_account(const struct login *login)
{
	return slice_from(login->account, login->naccount);
}
