/*
 * directory: the process that holds account secrets and answers logins.
 */
#ifndef DIRECTORY_DIRECTORY_H
#define DIRECTORY_DIRECTORY_H

/* Runs until it is told to stop; returns the exit status. */
int directory_main(unsigned index);

#endif
