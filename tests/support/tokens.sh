# shellcheck shell=bash
# Tokens (JWT) by openssl, for tests in shell. Source after tests/support/server.sh.

TOKENS=$WORK/tokens
mkdir "$TOKENS" "$TOKENS/keys"
ISSUER=https://issuer.example.org/
ISSUER_FLAGS=(--jwt-issuer "$ISSUER" --jwt-audience rowkeeper)
# shellcheck disable=SC2034  # used by the tests
TOKEN_FLAGS=(--jwt-keys "$TOKENS/keys" "${ISSUER_FLAGS[@]}")

base64url() { basenc --base64url -w 0 | tr -d '='; }
# make_key NAME: $TOKENS/NAME.pem signs tokens; prints its public half, a JWK.
make_key() {
  command -v openssl >/dev/null || skip "openssl is not installed (package openssl)"
  openssl genpkey -algorithm ed25519 -out "$TOKENS/$1.pem" 2>/dev/null
  printf '{"kty":"OKP","crv":"Ed25519","kid":"%s","x":"%s"}' "$1" \
    "$(openssl pkey -in "$TOKENS/$1.pem" -pubout -outform DER | tail -c 32 | base64url)"
}
# publish JWK...: they are the keys from now on.
publish() {
  (IFS=,; printf '{"keys":[%s]}' "$*") >"$TOKENS/next"
  mv "$TOKENS/next" "$TOKENS/keys/keys.json"
}
# token KEY SUBJECT [SECONDS [ISSUER [MORE]]]: a token of KEY for SUBJECT that expires in so many seconds, into
# $TOKENS/SUBJECT. MORE are further claims: ,"roles":["billing"]
token() {
  local header claims
  header=$(printf '{"alg":"EdDSA","kid":"%s"}' "$1" | base64url)
  claims=$(printf '{"iss":"%s","aud":"rowkeeper","sub":"%s","exp":%s%s}' "${4:-$ISSUER}" "$2" $(($(date +%s) + ${3:-3600})) "${5:-}" |
    base64url)
  printf '%s' "$header.$claims" >"$TOKENS/text"
  openssl pkeyutl -sign -inkey "$TOKENS/$1.pem" -rawin -in "$TOKENS/text" -out "$TOKENS/signature"
  printf '%s.%s\n' "$header.$claims" "$(base64url <"$TOKENS/signature")" >"$TOKENS/$2"
}
