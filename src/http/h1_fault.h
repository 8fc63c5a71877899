/*
 * h1_fault: what the parts of the reader say of a message (room-internal).
 */
#ifndef HTTP_H1_FAULT_H
#define HTTP_H1_FAULT_H

#include "http/h1_read.h"

struct h1_fault {
	enum h1_error error; /* H1_OK: nothing is wrong */
	const char *words;   /* static */
};

#define H1_FAULT(error, words) ((struct h1_fault){ (error), (words) })
#define H1_FINE H1_FAULT(H1_OK, NULL)

#endif
