/*
 * warden: the guard process of a proxy.
 */
#ifndef GUARD_WARDEN_H
#define GUARD_WARDEN_H

/* The whole life of the process; returns its exit status. */
int guard_main(unsigned index);

#endif
