/* tls.c -- TLS 1.2 and 1.3, server side, with forward secrecy only.
 *
 * The key is read once, at the start. HTTP/2 is not offered: ALPN names http/1.1 (RFC 7301). */
#include "inside.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>

#include "groundswell/base/log.h"

static void log_tls(const char *what)
{
    char words[256] = "";
    ERR_error_string_n(ERR_peek_last_error(), words, sizeof(words));
    ERR_clear_error();
    log_error("http", "TLS: %s: %s", what, words);
}

static int choose_protocol(SSL *ssl, const unsigned char **ret, unsigned char *ret_n,
                           const unsigned char *offered, unsigned offered_n, void *ctx)
{
    (void)ssl;
    (void)ctx;
    static const unsigned char spoken[] = "\x08http/1.1";
    unsigned char *chosen = NULL;
    int found = SSL_select_next_proto(&chosen, ret_n, spoken, sizeof(spoken) - 1, offered,
                                      offered_n);
    *ret = chosen;
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

SSL_CTX *tls_new(const char *cert, const char *key)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (!tls) return NULL;
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(tls, choose_protocol, NULL);
    const char *wrong = NULL;
    if (SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) != 1) wrong = "version";
    if (SSL_CTX_set_cipher_list(tls, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) wrong = "ciphers";
    if (!wrong && SSL_CTX_use_certificate_chain_file(tls, cert) != 1) wrong = "certificate";
    if (!wrong && SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
        wrong = "private key";
    if (!wrong && SSL_CTX_check_private_key(tls) != 1) wrong = "the key is not the certificate's";
    if (!wrong) return tls;
    log_tls(wrong);
    SSL_CTX_free(tls);
    return NULL;
}

struct bufferevent *tls_accept(struct http_server *server, int fd)
{
    SSL *ssl = SSL_new(server->tls);
    if (!ssl) return NULL;
    struct bufferevent *io = bufferevent_openssl_socket_new(
        loop_base(server->loop), fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (!io) {
        SSL_free(ssl);
        return NULL;
    }
    /* Many clients close without saying goodbye; our requests carry their own lengths. */
    bufferevent_openssl_set_allow_dirty_shutdown(io, 1);
    return io;
}

void tls_bye(struct bufferevent *io)
{
    SSL *ssl = bufferevent_openssl_get_ssl(io);
    if (SSL_is_init_finished(ssl)) (void)SSL_shutdown(ssl);
    ERR_clear_error();
}
