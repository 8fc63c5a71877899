/*
 * words: why a connection failed, in words a person understands.
 *
 * All texts are static, lower case, without a full stop.
 */
#ifndef NET_WORDS_H
#define NET_WORDS_H

/* errno of a socket call: "connection refused". */
const char *words_errno(int error);

/* A verification failure (X509_V_ERR_…): "the certificate has expired". */
const char *tls_verify_words(long error);

/* A TLS alert by its number (RFC 8446 section 6): "unknown certificate
 * authority". */
const char *words_alert(int alert);

/* What OpenSSL found wrong by itself (SSL_R_…); NULL where it is best told in
 * OpenSSL's words. */
const char *words_tls(int reason);

#endif
