/*
 * proxy: the worker process, between people's programs and origins.
 */
#ifndef PROXY_PROXY_H
#define PROXY_PROXY_H

/* Runs worker `index` until it is told to stop; returns the exit status. */
int proxy_main(unsigned index);

#endif
