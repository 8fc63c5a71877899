/*
 * guard_absent: the verb where the program was built without the guard.
 */
#include <stdio.h>

#include "cli/verb.h"

int
cli_guard(int argc, char **argv)
{
	fputs("sallyport: this program was built without the guard: configure"
	      " found no clang, bpftool or libbpf\n",
	    stderr);
	return VERB_FAILED;
}
