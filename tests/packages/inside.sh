#!/usr/bin/env bash
# What tests/packages/debian.sh does in the Debian that it has booted.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

step() { printf '== %s\n' "$*"; }
fail() {
  printf 'FAILED: %s\n' "$*"
  systemctl status --no-pager --full rowkeeper.service || true
  journalctl --no-pager -n 30 || true
  exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR

wait_until() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "not in time: $what"
    sleep 0.2
  done
}
another_runs() { [ "$(systemctl show -P MainPID rowkeeper)" != "$pid" ] && systemctl is-active rowkeeper; }
# web METHOD PATH [FORM]: what the admin listener answers.
web() {
  local form=${3:-}
  exec 3<>/dev/tcp/127.0.0.1/50052
  printf '%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' \
    "$1" "$2" "${#form}" "$form" >&3
  cat <&3
  exec 3>&-
}
web_says() { web GET "$1" | grep "$2"; }
skus() { rowkeeper call ProductRepository.List '{"order_by": "name"}' | sed -n 's/.*"sku": "\(.*\)".*/\1/p' | tr '\n' ' '; }

step "install: nothing to serve yet, so nothing runs and nothing fails"
began=$SECONDS
apt-get install -qy /packages/earlier.deb >/packages/apt.log 2>&1 || fail "$(cat /packages/apt.log)"
[ "$(systemctl is-enabled rowkeeper)" = enabled ]
[ "$(systemctl is-failed rowkeeper)" != failed ]
[ "$(stat -c '%U %a' /etc/rowkeeper/page-token-key)" = 'root 600' ]
key=$(cat /etc/rowkeeper/page-token-key)
id rowkeeper >/dev/null
[ "$(dpkg-query -W -f '${Version}' rowkeeper)" = 0.0.1-1 ]

step "by the words of README.Debian"
systemctl start postgresql
wait_until 60 "PostgreSQL answers" runuser -u postgres -- psql -Xqc 'SELECT 1'
runuser -u postgres -- psql -Xq -c "CREATE ROLE rowkeeper LOGIN PASSWORD 'secret word'" -c 'CREATE DATABASE shop OWNER rowkeeper'
install -m 644 -D /packages/shop/v1/product.proto -t /etc/rowkeeper/proto/shop/v1
install -m 600 /dev/stdin /etc/rowkeeper/database-url <<<'postgresql://rowkeeper:secret%20word@localhost/shop'
cd /etc/rowkeeper
rowkeeper generate shop.v1.Product --config rowkeeper.toml -o proto/shop/v1/product_repository.proto
rowkeeper migrate new create_products --migrations /root/migrations --entity shop.v1.Product --config rowkeeper.toml >/dev/null
rowkeeper migrate up --migrations /root/migrations --config rowkeeper.toml
systemctl start rowkeeper
wait_until 30 "the server is ready" rowkeeper call grpc.health.v1.Health.Check '{}'
rowkeeper call ProductRepository.Create '{"product": {"sku": "CUP-1", "name": "Cup", "price": "4.50"}}' >/dev/null
[ "$(skus)" = 'CUP-1 ' ]
printf 'from the package to the first call: %d s\n' "$((SECONDS - began))"
pid=$(systemctl show -P MainPID rowkeeper)
[ "$(stat -c %U "/proc/$pid")" = rowkeeper ]
if grep -q secret "/proc/$pid/environ"; then fail "the environment holds the password"; fi

step "a call by stubs that protoc makes of the protos of librowkeeper-dev"
apt-get install -qy /packages/librowkeeper-dev.deb >/packages/apt.log 2>&1 || fail "$(cat /packages/apt.log)"
mkdir /packages/stubs
(cd proto && protoc -I . -I /usr/share/rowkeeper/proto --python_out=/packages/stubs --grpc_out=/packages/stubs \
  --plugin=protoc-gen-grpc="$(command -v grpc_python_plugin)" shop/v1/*.proto /usr/share/rowkeeper/proto/rowkeeper/v1/annotations.proto)
PYTHONPATH=/packages/stubs python3 - <<'PYTHON' | grep -x 'CUP-1 4.50 PRODUCT_STATUS_DRAFT'
import grpc
from shop.v1 import product_pb2, product_repository_pb2, product_repository_pb2_grpc

with grpc.insecure_channel("localhost:50051") as channel:
    products = product_repository_pb2_grpc.ProductRepositoryStub(channel)
    product = products.GetBySku(product_repository_pb2.GetProductBySkuRequest(sku="CUP-1"), timeout=30)
    print(product.sku, product.price, product_pb2.ProductStatus.Name(product.status))
PYTHON
printf 'from the package to the first call by stubs: %d s\n' "$((SECONDS - began))"

step "the status page, and an operator who ends a unit of work there, by the words of packages.md"
wait_until 30 "the page tells of the calls" web_says /status/methods.json shop.v1.ProductRepository.Create
wait_until 30 "all is well" web_says /status 'nothing is known to be wrong'
web POST /status/running.json 'token=guessed&unit=0' | grep "^HTTP/1.1 403 " >/dev/null
openssl rand -hex 32 | install -m 600 /dev/stdin /etc/rowkeeper/admin-token
# What `systemctl edit` writes.
mkdir /etc/systemd/system/rowkeeper.service.d
printf '[Service]\nLoadCredential=admin-token:/etc/rowkeeper/admin-token\nEnvironment=ROWKEEPER_ADMIN_TOKEN_FILE=%%d/admin-token\n' \
  >/etc/systemd/system/rowkeeper.service.d/override.conf
systemctl daemon-reload
systemctl restart rowkeeper
wait_until 30 "the server is ready again" rowkeeper call grpc.health.v1.Health.Check '{}'
handle=$(rowkeeper call UnitOfWork.Begin '{"label": "nightly import", "idle_limit": "60s"}' | sed -n 's/.*"handle": "\(.*\)".*/\1/p')
unit=$(web GET /status/running.json | sed -n 's/^ *"unit": "\(.*\)".*/\1/p')
web POST /status/running.json "token=$(cat /etc/rowkeeper/admin-token)&unit=$unit" | grep "The unit of work $unit is being rolled back"
rowkeeper call UnitOfWork.Get "{\"handle\": \"$handle\"}" | grep -q UNIT_OF_WORK_END_OPERATOR
rm -r /etc/systemd/system/rowkeeper.service.d /etc/rowkeeper/admin-token
systemctl daemon-reload
systemctl restart rowkeeper
wait_until 30 "the server is ready without it" rowkeeper call grpc.health.v1.Health.Check '{}'

step "a page token is good after an upgrade, for the key stays"
rowkeeper call ProductRepository.Create '{"product": {"sku": "POT-1", "name": "Pot", "price": "19.00"}}' >/dev/null
token=$(rowkeeper call ProductRepository.List '{"page_size": 1}' | sed -n 's/.*"next_\{0,1\}[pP]age_\{0,1\}[tT]oken": "\(.*\)".*/\1/p')
[ -n "$token" ]
apt-get install -qy /packages/rowkeeper.deb >/packages/apt.log 2>&1 || fail "$(cat /packages/apt.log)"
[ "$(dpkg-query -W -f '${Version}' rowkeeper)" != 0.0.1-1 ]
[ "$(cat /etc/rowkeeper/page-token-key)" = "$key" ]
[ "$(systemctl show -P NeedDaemonReload rowkeeper)" = no ]
systemctl show -P Description rowkeeper | grep -q PostgreSQL
wait_until 30 "the server is ready again" rowkeeper call grpc.health.v1.Health.Check '{}'
[ "$(systemctl show -P MainPID rowkeeper)" != "$pid" ]
rowkeeper call ProductRepository.List "{\"page_size\": 1, \"page_token\": \"$token\"}" | grep -q '"sku"'

step "up, down and up again under load: no call fails"
/packages/load localhost:50051 /shop.v1.ProductRepository/List >/packages/load.log 2>&1 &
load=$!
for file in earlier rowkeeper; do
  pid=$(systemctl show -P MainPID rowkeeper)
  apt-get install -qy --allow-downgrades "/packages/$file.deb" >/packages/apt.log 2>&1 || fail "$(cat /packages/apt.log)"
  wait_until 30 "another one has started" another_runs
  wait_until 30 "it is ready" rowkeeper call grpc.health.v1.Health.Check '{}'
done
kill "$load"
wait "$load" || fail "$(tail -n 5 /packages/load.log)"
tail -n 1 /packages/load.log
[ "$(sed -n 's/ calls, 0 failed$//p' /packages/load.log)" -gt 100 ]

step "reload, and a killed server"
pid=$(systemctl show -P MainPID rowkeeper)
systemctl reload rowkeeper
[ "$(systemctl show -P MainPID rowkeeper)" = "$pid" ]
kill -KILL "$pid"
wait_until 30 "another one has started" another_runs
wait_until 30 "it is ready" rowkeeper call grpc.health.v1.Health.Check '{}'
[ "$(skus)" = 'CUP-1 POT-1 ' ]

step "stop: in time, with exit code 0"
systemctl stop rowkeeper
[ "$(systemctl show -P Result rowkeeper)" = success ]

step "purge leaves what is the administrator's, and nothing else"
systemctl start rowkeeper
apt-get purge -qy rowkeeper librowkeeper-dev >/packages/apt.log 2>&1 || fail "$(cat /packages/apt.log)"
if readlink /proc/[0-9]*/exe | grep rowkeeper; then fail "a server still runs"; fi
[ "$(find /etc/rowkeeper -type f | sort | tr '\n' ' ')" = \
  '/etc/rowkeeper/database-url /etc/rowkeeper/proto/shop/v1/product.proto /etc/rowkeeper/proto/shop/v1/product_repository.proto ' ]
[ -z "$(find / -xdev -name '*rowkeeper*' -not -path '/etc/rowkeeper*' -not -path '/proc/*' -not -path '/packages/*' -not -path '/var/cache/*' \
  -not -path '/var/lib/postgresql/*')" ] || fail "left: $(find / -xdev -name '*rowkeeper*' -not -path '/etc/rowkeeper*' -not -path '/packages/*')"
if systemctl --no-pager --failed --quiet | grep rowkeeper; then fail "the service counts as failed"; fi
runuser -u postgres -- psql -XqAt shop -c 'SELECT count(*) FROM products' | grep -qx 2
echo "all is well"
