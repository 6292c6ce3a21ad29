# shellcheck shell=bash
# Certificates by openssl, for tests in shell. Source after tests/support/server.sh.

TLS=$WORK/tls
mkdir "$TLS"

need_openssl() { command -v openssl >/dev/null || skip "openssl is not installed (package openssl)"; }
# make_root NAME: $TLS/NAME.crt and .key sign certificates.
make_root() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
    -keyout "$TLS/$1.key" -out "$TLS/$1.crt" 2>/dev/null
}
# issue ROOT NAME SUBJECT_ALTERNATIVE_NAMES: $TLS/NAME.crt and .key, signed by ROOT.
issue() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" -keyout "$TLS/$2.key" -out "$TLS/$2.csr" 2>/dev/null
  openssl x509 -req -in "$TLS/$2.csr" -CA "$TLS/$1.crt" -CAkey "$TLS/$1.key" -CAcreateserial -days 1 \
    -extfile <(printf 'subjectAltName=%s\n' "$3") -out "$TLS/$2.crt" 2>/dev/null
  chmod 600 "$TLS/$2.key"
}
# Roots "root" and "other"; a server's certificate, a client's, and that of a stranger, whom "other" signed.
make_certificates() {
  need_openssl
  make_root root
  make_root other
  issue root server "DNS:localhost,IP:127.0.0.1"
  issue root client "URI:spiffe://example.org/billing"
  issue other stranger "URI:spiffe://example.org/billing"
}
