/*
 * must: our own broken state ends the process, in every build.
 *
 * Three kinds of failure, three mechanisms: must() for what only a bug of
 * ours can cause; fatal() (base/log.h) for an environment that is unusable
 * at start; a returned value for whatever a peer, a file or a person did.
 * Never must() on input.
 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#define must(expr)                                                             \
	((expr) ? (void)0 : must_fail(#expr, __FILE__, __LINE__, __func__))

/* Writes what was expected and where to standard error, then abort()s. */
_Noreturn void must_fail(
    const char *expr, const char *file, int line, const char *func);

#endif
