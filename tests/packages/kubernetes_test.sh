#!/usr/bin/env bash
# The Helm chart, the Kubernetes file that is made of it, the compose file and the bill of materials, by the programs and schemas of
# others: helm, Kubernetes', compose's and SPDX's.
# usage: tests/packages/kubernetes_test.sh [--helm | --update]
#   --helm    builds helm if it is not there from an earlier run, which takes minutes; without it the chart is looked at only if it is
#   --update  the same, and writes deploy/kubernetes anew
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh
# shellcheck source=tests/clients/tools.sh
source tests/clients/tools.sh

HELM_VERSION=v3.19.0
KUBERNETES_VERSION=1.33.0
CHECKERS=(kubernetes-validate==1.34.0 check-jsonschema==0.39.0 spdx-tools==0.8.5)
chart=deploy/helm/rowkeeper
objects=deploy/kubernetes/rowkeeper.yaml

need_command python3 python3
need_command protoc protobuf-compiler
need_command openssl openssl
checkers=$TOOLS/checkers-$({ python3 -V && echo "${CHECKERS[@]}"; } | cksum | cut -d ' ' -f 1)
[ -e "$checkers/complete" ] || fetch "The schemas of Kubernetes, compose and SPDX" checkers bash -c 'make_python_home "$@"' bash "$checkers" "${CHECKERS[@]}"
PATH=$checkers/bin:$PATH

step "compose"
check-jsonschema --builtin-schema vendor.compose-spec deploy/compose.yaml >"$WORK/compose" || fail "$(cat "$WORK/compose")"

step "bill of materials and checksums"
mkdir "$WORK/release"
cp "$ROWKEEPER" "$WORK/release/rowkeeper"
deploy/release_files.py --program "$ROWKEEPER" "$WORK/release" || fail "deploy/release_files.py"
pyspdxtools --infile "$WORK/release/rowkeeper.spdx.json" >"$WORK/spdx" 2>&1 || fail "pyspdxtools: $(cat "$WORK/spdx")"
(cd "$WORK/release" && sha256sum --check --quiet SHA256SUMS) || fail "SHA256SUMS"
for package in libpq5 libc6 libssl3 nlohmann-json3-dev; do
  contains "$(cat "$WORK/release/rowkeeper.spdx.json")" "\"pkg:deb/debian/${package}[a-z0-9]*@[^\"]*distro=debian-" "the bill of materials"
done
printf 'more' >>"$WORK/release/rowkeeper"
if (cd "$WORK/release" && sha256sum --check --quiet SHA256SUMS) >/dev/null 2>&1; then fail "SHA256SUMS does not see a change"; fi

# What the settings in the objects name, elsewhere.
printf 'postgresql://nobody@127.0.0.1:1/none\n' >"$WORK/database-url"
printf '0123456789abcdef0123456789abcdef\n' >"$WORK/page-token-key"
protoc --include_imports -I proto -I server/protocols -o "$WORK/set.binpb" proto/planner/v1/*.proto || fail "protoc"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=server -keyout "$WORK/tls.key" -out "$WORK/tls.crt" 2>/dev/null
cp "$WORK/tls.crt" "$WORK/ca.crt"

fits_kubernetes() { kubernetes-validate --strict --kubernetes-version "$KUBERNETES_VERSION" "$1" >"$WORK/validated" 2>&1; }
# settings FILE: the rowkeeper.toml in it.
settings() {
  "$checkers/bin/python3" -c 'import sys, yaml
for value in yaml.safe_load_all(open(sys.argv[1])):
    if value["kind"] == "ConfigMap": print(value["data"]["rowkeeper.toml"])' "$1"
}
# check_objects FILE
check_objects() {
  fits_kubernetes "$1" || fail "$1: kubernetes-validate: $(cat "$WORK/validated")"
  "$checkers/bin/python3" tests/packages/manifests.py "$1" || fail "$1; the lines above say where"
  settings "$1" | sed "s#/run/secrets/[a-z]*/#$WORK/#; s#\"/etc/rowkeeper/catalogue/[a-z.]*\"#\"$WORK/set.binpb\"#" >"$WORK/rowkeeper.toml"
  "$ROWKEEPER" config check --config "$WORK/rowkeeper.toml" >"$WORK/checked" 2>&1 || fail "settings of $1: $(cat "$WORK/checked" "$WORK/rowkeeper.toml")"
}

if [ "${1:-}" != --update ]; then
  step "$objects"
  check_objects "$objects"
  sed 's/^kind: PodDisruptionBudget/&\nunknown: field/' "$objects" >"$WORK/wrong.yaml"
  if fits_kubernetes "$WORK/wrong.yaml"; then fail "kubernetes-validate sees no mistakes"; fi
fi

step "helm"
GO_BIN=$TOOLS/go/$HELM_VERSION
if [ ! -x "$GO_BIN/helm" ] && [ $# = 0 ]; then
  skip "only in part, for helm is not there; tests/packages/kubernetes_test.sh --helm builds it, which takes minutes"
fi
need_go_tool helm helm.sh/helm/v3/cmd/helm "$HELM_VERSION"
helm() { "$GO_BIN/helm" "$@"; }
# render [OPTION...]: what Helm would send to a cluster.
render() { helm template rowkeeper "$chart" --namespace shop --kube-version "$KUBERNETES_VERSION" "$@"; }
helm lint --strict "$chart" >"$WORK/lint" 2>&1 || fail "helm lint: $(cat "$WORK/lint")"

step "values that make no sense are refused, by name"
while read -r value named; do
  if output=$(render --set "$value" 2>&1); then fail "--set $value was accepted"; fi
  contains "$output" "$named" "--set $value"
done <<'VALUES'
replicas=two replicas
replica=2 replica
database.secret=Not_A_Name secret
image.digest=sha256:12 digest
config.listen=0.0.0.0:1 listen
config.database-url=postgresql://somebody@somewhere/shop database-url
config.tls-cert=/etc/cert tls-cert
service.port=0 port
tls.clientCerts=sometimes clientCerts
tls.enabled=false insecure
insecure=true insecure
preStopSleepSeconds=-1 preStopSleepSeconds
VALUES

step "what is rendered"
render >"$WORK/default.yaml" || fail "helm template"
cat >"$WORK/values.yaml" <<'VALUES'
image: {repository: registry.example/rowkeeper, digest: "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", pullPolicy: Always}
imagePullSecrets: [{name: registry}]
replicas: 3
tls: {secret: shop-tls, clientCerts: required}
catalogue: {configMap: shop, key: shop.binpb}
config: {pool-size: 40, unit-share: 0.25, max-response-size: 1048576, log-calls: "errors,slow", echo: true, queue-target: 1.5}
service: {headless: false, port: 443, annotations: {example.com/zone: a}}
networkPolicy:
  callers: [{namespaceSelector: {matchLabels: {team: shop}}}]
  operators: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]
migrations: {revision: "20260316"}
podDisruptionBudget: {maxUnavailable: "25%"}
labels: {team: shop}
podAnnotations: {prometheus.io/scrape: "true"}
nodeSelector: {kubernetes.io/arch: amd64}
tolerations: [{key: dedicated, operator: Exists, effect: NoSchedule}]
affinity: {podAntiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: zone}}]}}
priorityClassName: high
VALUES
render --values "$WORK/values.yaml" >"$WORK/all.yaml" || fail "helm template with all values"
check_objects "$WORK/default.yaml"
check_objects "$WORK/all.yaml"
contains "$(settings "$WORK/all.yaml")" '^max-response-size = 1048576$' "a large number"
contains "$(settings "$WORK/all.yaml")" '^tls-client-certs = "required"$' "certificates of clients"
render --set tls.enabled=false --set insecure=true >"$WORK/plain.yaml" || fail "helm template in plain text"
fits_kubernetes "$WORK/plain.yaml" || fail "in plain text: kubernetes-validate: $(cat "$WORK/validated")"
contains "$(settings "$WORK/plain.yaml")" '^insecure = true$' "plain text"
lacks "$(cat "$WORK/plain.yaml")" 'tls' "plain text"

step "a Job cannot be changed, so another one has another name"
job() { render "$@" | sed -n 's/^  name: \(.*-migrate-[0-9a-f]*\)$/\1/p'; }
first=$(job)
[ -n "$first" ] || fail "there is no Job"
equals "$(job --set replicas=5)" "$first" "the Job with more servers"
for change in image.tag=0.2.0 migrations.revision=b migrations.configMap=others migrations.database.secret=other; do
  [ "$(job --set-string "$change")" != "$first" ] || fail "the Job has the same name with $change"
done
equals "$(job --set migrations.enabled=false)" "" "the Job without migrations"

step "$objects is the chart with its default values"
{
  printf '# Made of deploy/helm/rowkeeper with its default values, for kubectl apply; proto/reference/kubernetes.md says what it needs.\n'
  render | grep -v '^# Source: '
} >"$WORK/rowkeeper.yaml"
[ "${1:-}" != --update ] || cp "$WORK/rowkeeper.yaml" "$objects"
diff -u "$objects" "$WORK/rowkeeper.yaml" || fail "$objects is out of date: run tests/packages/kubernetes_test.sh --update"
