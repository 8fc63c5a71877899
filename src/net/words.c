/*
 * words: the one place where error numbers become words.  It never decides
 * anything, and nothing here comes from a peer.
 */
#include "net/words.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

struct words {
	long code;
	const char *text;
};

static const struct words errno_table[] = {
	{ ECONNREFUSED, "connection refused" },
	{ ECONNRESET, "connection reset by peer" },
	{ ECONNABORTED, "connection aborted" },
	{ EPIPE, "the peer closed the connection" },
	{ ETIMEDOUT, "connection timed out" },
	{ EHOSTUNREACH, "no route to host" },
	{ EHOSTDOWN, "host is down" },
	{ ENETUNREACH, "network is unreachable" },
	{ ENETDOWN, "network is down" },
	{ EADDRNOTAVAIL, "the source address is not available" },
	{ EACCES, "not permitted by this system" },
	{ EPERM, "not permitted by this system" },
	{ EMFILE, "out of file descriptors" },
	{ ENFILE, "out of file descriptors" },
	{ ENOBUFS, "out of socket memory" },
	{ ENOMEM, "out of memory" },
};

static const struct words verify_table[] = {
	{ X509_V_OK, "the certificate is valid" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
	    "the certificate's issuer could not be found" },
	{ X509_V_ERR_UNABLE_TO_GET_CRL, "no revocation list is available" },
	{ X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY,
	    "the issuer's key could not be read" },
	{ X509_V_ERR_CERT_SIGNATURE_FAILURE,
	    "the certificate's signature is wrong" },
	{ X509_V_ERR_CRL_SIGNATURE_FAILURE,
	    "the revocation list's signature is wrong" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, "the certificate is not valid yet" },
	{ X509_V_ERR_CERT_HAS_EXPIRED, "the certificate has expired" },
	{ X509_V_ERR_CRL_NOT_YET_VALID,
	    "the revocation list is not valid yet" },
	{ X509_V_ERR_CRL_HAS_EXPIRED, "the revocation list has expired" },
	{ X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD,
	    "the certificate's start date is malformed" },
	{ X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD,
	    "the certificate's end date is malformed" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT,
	    "the certificate is self-signed" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
	    "the certificate comes from an authority that is not trusted" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
	    "the certificate's issuer is not known: an unknown authority, or "
	    "the server does not send its intermediate certificates" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
	    "the certificate's issuer is not known: an unknown authority, or "
	    "the server does not send its intermediate certificates" },
	{ X509_V_ERR_CERT_CHAIN_TOO_LONG,
	    "the chain of certificates is too long" },
	{ X509_V_ERR_CERT_REVOKED, "the certificate has been revoked" },
	{ X509_V_ERR_INVALID_CA,
	    "a certificate in the chain is not allowed to issue others" },
	{ X509_V_ERR_NO_ISSUER_PUBLIC_KEY, "the issuer has no usable key" },
	{ X509_V_ERR_PATH_LENGTH_EXCEEDED,
	    "an authority in the chain may not have others below it" },
	{ X509_V_ERR_INVALID_PURPOSE,
	    "the certificate is not meant for web servers" },
	{ X509_V_ERR_CERT_UNTRUSTED, "the certificate is marked untrusted" },
	{ X509_V_ERR_CERT_REJECTED, "the certificate is marked rejected" },
	{ X509_V_ERR_SUBJECT_ISSUER_MISMATCH,
	    "the certificate's issuer does not fit" },
	{ X509_V_ERR_AKID_SKID_MISMATCH,
	    "the certificate names another issuer key" },
	{ X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH,
	    "the certificate names another issuer" },
	{ X509_V_ERR_KEYUSAGE_NO_CERTSIGN,
	    "an authority in the chain may not sign certificates" },
	{ X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION,
	    "the certificate has a critical extension that is not known" },
	{ X509_V_ERR_INVALID_EXTENSION,
	    "the certificate has a malformed extension" },
	{ X509_V_ERR_PERMITTED_VIOLATION,
	    "the authority may not issue certificates for this name" },
	{ X509_V_ERR_EXCLUDED_VIOLATION,
	    "the authority may not issue certificates for this name" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE,
	    "the authority has a name constraint that is not supported" },
	{ X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX,
	    "the authority has a malformed name constraint" },
	{ X509_V_ERR_UNSUPPORTED_NAME_SYNTAX,
	    "the certificate has a malformed name" },
	{ X509_V_ERR_HOSTNAME_MISMATCH, "the certificate is for another name" },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH,
	    "the certificate is for another address" },
	{ X509_V_ERR_NO_VALID_SCTS,
	    "the certificate is in no public transparency log" },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, "the certificate's key is too weak" },
	{ X509_V_ERR_CA_KEY_TOO_SMALL,
	    "the key of an authority in the chain is too weak" },
	{ X509_V_ERR_CA_MD_TOO_WEAK,
	    "a signature in the chain uses a broken algorithm" },
	{ X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED,
	    "proxy certificates are not allowed" },
	{ X509_V_ERR_OCSP_VERIFY_NEEDED,
	    "the site gave no proof that its certificate is still good: its "
	    "status was not stapled" },
	{ X509_V_ERR_OCSP_VERIFY_FAILED,
	    "the site's proof that its certificate is still good is not "
	    "valid: a wrong stapled status" },
	{ X509_V_ERR_OCSP_CERT_UNKNOWN,
	    "the certificate's issuer does not know it" },
	{ X509_V_ERR_EC_KEY_EXPLICIT_PARAMS,
	    "a key in the chain uses a curve without a name" },
	{ X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH,
	    "the certificate contradicts itself about its signature" },
	{ X509_V_ERR_INVALID_CALL, "the certificate could not be checked" },
	{ X509_V_ERR_UNSPECIFIED, "the certificate could not be checked" },
	{ X509_V_ERR_OUT_OF_MEM, "out of memory" },
};

static const struct words alert_table[] = {
	{ 0, "close notify" },
	{ 10, "unexpected message" },
	{ 20, "bad record checksum" },
	{ 22, "record too long" },
	{ 40, "no common parameters (handshake failure)" },
	{ 42, "bad certificate" },
	{ 43, "unsupported certificate" },
	{ 44, "certificate revoked" },
	{ 45, "certificate expired" },
	{ 46, "certificate not accepted" },
	{ 47, "illegal parameter" },
	{ 48, "unknown certificate authority" },
	{ 49, "access denied" },
	{ 50, "malformed message" },
	{ 51, "decryption failed" },
	{ 70, "TLS version not supported" },
	{ 71, "security too weak" },
	{ 80, "internal error" },
	{ 86, "inappropriate fallback" },
	{ 90, "cancelled by the user" },
	{ 100, "no renegotiation" },
	{ 109, "missing extension" },
	{ 110, "unsupported extension" },
	{ 112, "name not known to the server" },
	{ 113, "bad stapled certificate status" },
	{ 115, "unknown pre-shared key" },
	{ 116, "client certificate required" },
	{ 120, "no common application protocol" },
	{ 121, "encrypted ClientHello required" },
};

/* What OpenSSL itself finds wrong and people get to see; the rest has its own
 * words. */
static const struct words tls_table[] = {
	{ SSL_R_EXCESSIVE_MESSAGE_SIZE,
	    "a message of the handshake is too large" },
	{ SSL_R_LENGTH_TOO_LONG, "malformed message" },
	{ SSL_R_LENGTH_MISMATCH, "malformed message" },
	{ SSL_R_BAD_LENGTH, "malformed message" },
	{ SSL_R_UNEXPECTED_MESSAGE, "unexpected message" },
	{ SSL_R_PACKET_LENGTH_TOO_LONG, "record too long" },
	{ SSL_R_ENCRYPTED_LENGTH_TOO_LONG, "record too long" },
	{ SSL_R_DATA_LENGTH_TOO_LONG, "record too long" },
	{ SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC, "bad record checksum" },
	{ SSL_R_WRONG_VERSION_NUMBER, "what came is not TLS" },
	{ SSL_R_HTTP_REQUEST, "what came is not TLS" },
	{ SSL_R_UNSUPPORTED_PROTOCOL, "TLS version not supported" },
	{ SSL_R_WRONG_SSL_VERSION, "TLS version not supported" },
	{ SSL_R_INAPPROPRIATE_FALLBACK, "inappropriate fallback" },
	{ SSL_R_NO_SHARED_CIPHER, "no common cipher" },
	{ SSL_R_UNKNOWN_CIPHER_RETURNED, "a cipher that was not offered" },
	{ SSL_R_WRONG_CIPHER_RETURNED, "a cipher that was not offered" },
	{ SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS,
	    "no common signature algorithm" },
	{ SSL_R_WRONG_SIGNATURE_TYPE,
	    "a signature of the handshake uses a broken algorithm" },
	{ SSL_R_BAD_SIGNATURE, "a signature of the handshake is wrong" },
	{ SSL_R_DH_KEY_TOO_SMALL, "the key exchange is too weak" },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED,
	    "no protection of renegotiation (RFC 5746)" },
};

static const char *
look_up(const struct words *table, size_t n, long code)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i].code == code)
			return table[i].text;
	}
	return NULL;
}

#define LOOK_UP(table, code)                                                   \
	look_up(table, sizeof(table) / sizeof((table)[0]), code)

const char *
words_errno(int error)
{
	const char *text = LOOK_UP(errno_table, error);

	if (text == NULL)
		text = strerrordesc_np(error);
	return text != NULL ? text : "unknown error";
}

const char *
tls_verify_words(long error)
{
	const char *text = LOOK_UP(verify_table, error);

	return text != NULL ? text : X509_verify_cert_error_string(error);
}

const char *
words_alert(int alert)
{
	const char *text = LOOK_UP(alert_table, alert);

	return text != NULL ? text : "an alert that is not known";
}

const char *
words_tls(int reason)
{
	return LOOK_UP(tls_table, reason);
}
