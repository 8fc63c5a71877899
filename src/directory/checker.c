/*
 * checker: the pool that computes password hashes.
 *
 * Runs in the directory process.  Everything the threads share with the
 * event loop is under one mutex; a question belongs to whoever took it off
 * a list.  It knows no accounts: who asked, and what for, stays behind an id.
 */
#include "directory/checker.h"

#include <sys/eventfd.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/secret.h"
#include "directory/hash.h"

struct question {
	struct question *next;
	uint64_t id;
	struct secret password; /* owned; cleared by the thread */
	char hash[HASH_TEXT_SIZE];
	bool matches;
};

struct list {
	struct question *first, **last;
	size_t n;
};

struct checker {
	/* under the mutex */
	pthread_mutex_t mutex;
	pthread_cond_t asked;
	struct list waiting, done;
	bool stopping;

	/* the event loop's */
	pthread_t threads[CHECKER_THREADS_MAX];
	unsigned wanted, running;
	size_t max;
	int wake; /* eventfd: done is not empty */
	struct event *event;
	checker_fn *on_checked;
	void *arg; /* borrowed */
};

static void
list_init(struct list *list)
{
	list->first = NULL;
	list->last = &list->first;
	list->n = 0;
}

static void
list_put(struct list *list, struct question *question)
{
	question->next = NULL;
	*list->last = question;
	list->last = &question->next;
	list->n++;
}

static struct question *
list_take(struct list *list)
{
	struct question *question = list->first;

	if (!question)
		return NULL;
	list->first = question->next;
	if (!list->first)
		list->last = &list->first;
	list->n--;
	return question;
}

static void
question_free(struct question *question)
{
	secret_clear(&question->password);
	secret_wipe(question, sizeof(*question));
	free(question);
}

static void
list_clear(struct list *list)
{
	struct question *question;

	while ((question = list_take(list)) != NULL)
		question_free(question);
}

static struct question *
wait_for_question(struct checker *checker)
{
	struct question *question = NULL;

	pthread_mutex_lock(&checker->mutex);
	while (!checker->stopping &&
	    (question = list_take(&checker->waiting)) == NULL)
		pthread_cond_wait(&checker->asked, &checker->mutex);
	pthread_mutex_unlock(&checker->mutex);
	return question;
}

static void
hand_back(struct checker *checker, struct question *question)
{
	uint64_t one = 1;

	pthread_mutex_lock(&checker->mutex);
	list_put(&checker->done, question);
	pthread_mutex_unlock(&checker->mutex);
	while (write(checker->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void *
run_thread(void *arg)
{
	struct checker *checker = arg;
	struct question *question;

	while ((question = wait_for_question(checker)) != NULL) {
		question->matches = hash_matches(
		    question->hash, secret_slice(&question->password));
		secret_clear(&question->password);
		hand_back(checker, question);
	}
	return NULL;
}

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	struct checker *checker = arg;
	struct question *question;
	struct list done;
	uint64_t count;

	if (read(fd, &count, sizeof(count)) < 0)
		return; /* somebody emptied it: nothing is done */
	list_init(&done);
	pthread_mutex_lock(&checker->mutex);
	while ((question = list_take(&checker->done)) != NULL)
		list_put(&done, question);
	pthread_mutex_unlock(&checker->mutex);
	while ((question = list_take(&done)) != NULL) {
		checker->on_checked(
		    question->id, question->matches, checker->arg);
		question_free(question);
	}
}

/* Signals stay the event loop's. */
static void
start_threads(struct checker *checker)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (checker->running < checker->wanted) {
		int error = pthread_create(&checker->threads[checker->running],
		    NULL, run_thread, checker);

		if (error) {
			errno = error;
			log_error("cannot start a thread for logins: %m");
			break;
		}
		checker->running++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

struct checker *
checker_new(struct event_base *base, unsigned threads, size_t queue_max,
    checker_fn *on_checked, void *arg)
{
	struct checker *checker = mem_zalloc(sizeof(*checker));

	must(threads >= 1);
	pthread_mutex_init(&checker->mutex, NULL);
	pthread_cond_init(&checker->asked, NULL);
	list_init(&checker->waiting);
	list_init(&checker->done);
	checker->wanted = threads < CHECKER_THREADS_MAX ? threads
							: CHECKER_THREADS_MAX;
	checker->max = queue_max;
	checker->on_checked = on_checked;
	checker->arg = arg;
	checker->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (checker->wake < 0)
		fatal("eventfd: %m");
	checker->event = event_new(
	    base, checker->wake, EV_READ | EV_PERSIST, on_wake, checker);
	if (!checker->event || event_add(checker->event, NULL) < 0)
		fatal("cannot watch an eventfd");
	return checker;
}

void
checker_free(struct checker *checker)
{
	if (!checker)
		return;
	pthread_mutex_lock(&checker->mutex);
	checker->stopping = true;
	pthread_cond_broadcast(&checker->asked);
	pthread_mutex_unlock(&checker->mutex);
	for (unsigned i = 0; i < checker->running; i++)
		pthread_join(checker->threads[i], NULL);
	list_clear(&checker->waiting);
	list_clear(&checker->done);
	event_free(checker->event);
	close(checker->wake);
	pthread_cond_destroy(&checker->asked);
	pthread_mutex_destroy(&checker->mutex);
	free(checker);
}

static struct question *
question_new(uint64_t id, const char *hash, struct slice password)
{
	struct question *question = mem_zalloc(sizeof(*question));

	question->id = id;
	snprintf(question->hash, sizeof(question->hash), "%s", hash);
	secret_init(&question->password, password.n + 1);
	secret_set(&question->password, password.p, password.n);
	return question;
}

int
checker_ask(struct checker *checker, uint64_t id, const char *hash,
    struct slice password)
{
	if (checker->running < checker->wanted)
		start_threads(checker);
	if (!checker->running || checker_waiting(checker) >= checker->max)
		return -1;
	pthread_mutex_lock(&checker->mutex);
	list_put(&checker->waiting, question_new(id, hash, password));
	pthread_cond_signal(&checker->asked);
	pthread_mutex_unlock(&checker->mutex);
	return 0;
}

size_t
checker_waiting(struct checker *checker)
{
	size_t n;

	pthread_mutex_lock(&checker->mutex);
	n = checker->waiting.n;
	pthread_mutex_unlock(&checker->mutex);
	return n;
}
