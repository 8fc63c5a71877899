/*
 * identity: looking up, once and as root, who the others are going to be.
 *
 * The name service is asked here and nowhere else: the others are told
 * numbers, so that no library of it runs in them.
 */
#include "cli/identity.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define OWN_USER "sallyport"
#define OTHER_USER "nobody"

bool
identity_wants_mark(const struct conf *conf)
{
	for (size_t i = 0; i < conf->marks.n; i++)
		if (conf->marks.v[i].has_mark)
			return true;
	return false;
}

static const struct passwd *
look_up(const struct conf *conf, const char **name)
{
	const struct passwd *user;

	*name = conf->run_user ? conf->run_user : OWN_USER;
	user = getpwnam(*name);
	if (user || conf->run_user)
		return user;
	*name = OTHER_USER;
	user = getpwnam(*name);
	if (user)
		log_info(
		    "there is no user %s: running as %s", OWN_USER, OTHER_USER);
	return user;
}

const char *
identity_choose(struct identity *identity, const struct conf *conf)
{
	static char why[160];
	const struct passwd *user;
	const char *name;

	*identity = (struct identity){ .mark = identity_wants_mark(conf) };
	if (geteuid() != 0) {
		if (identity->mark)
			log_info("not started by root: packets get marks only"
				 " if CAP_NET_RAW is given");
		return NULL;
	}
	user = look_up(conf, &name);
	if (!user) {
		snprintf(why, sizeof(why), "there is no user %.99s", name);
		return why;
	}
	if (user->pw_uid == 0) {
		snprintf(why, sizeof(why),
		    "%.99s is root, and the proxy doesn't run as root", name);
		return why;
	}
	identity->change = true;
	identity->uid = user->pw_uid;
	identity->gid = user->pw_gid;
	return NULL;
}
