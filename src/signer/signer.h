/*
 * signer: the process that holds the CA's key and mints leaf certificates.
 */
#ifndef SIGNER_SIGNER_H
#define SIGNER_SIGNER_H

/* Runs until it is told to stop; returns the exit status. */
int signer_main(unsigned index);

#endif
