#!/usr/bin/env bash
# The images of deploy/container, without a container engine: their file systems are assembled by the very lines of the
# Containerfile, and run as it says, with a root that cannot be written to, as a user without rights.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

[ "$(id -u)" = 0 ] || skip "needs root, for chroot"
unshare --mount true 2>/dev/null || skip "needs mount namespaces, which this machine does not allow"
for program in setpriv strip openssl protoc; do command -v $program >/dev/null || skip "$program is not installed"; done
make_scratch_database
file=deploy/container/Containerfile
readonly IDENTITY=65532

# stage NAME: the lines of the Containerfile from FROM … AS NAME to the next stage.
stage() { awk -v name="$1" '/^FROM /{ on = $NF == name } on' "$file"; }
# instruction STAGE NAME: what stands behind it, one a line.
instruction() { stage "$1" | sed -n "s/^$2 //p"; }

step "the Containerfile assembles them"
[ "$(stage server | tail -n 1)" = "$(tail -n 1 "$file")" ] || fail "the stage server is not the last one, which is the default"
install -D "$ROWKEEPER" "$WORK/install/bin/rowkeeper"
strip "$WORK/install/bin/rowkeeper"
sed -n 's/^RUN \(deploy\/container\/image\.sh .*\)/\1/p' "$file" | sed "s# /# $WORK/#g" >"$WORK/steps"
equals "$(wc -l <"$WORK/steps")" 2 "steps that assemble an image"
bash -euo pipefail "$WORK/steps" || fail "deploy/container/image.sh; the lines above say why"
for name in server private-database; do
  equals "$(instruction "$name" USER)" $IDENTITY:$IDENTITY "the user of $name"
  equals "$(instruction "$name" ENTRYPOINT)" '["/usr/bin/rowkeeper"]' "the program of $name"
  equals "$(instruction "$name" CMD)" '["serve"]' "the arguments of $name"
  equals "$(instruction "$name" STOPSIGNAL)" SIGTERM "how $name is stopped"
done
equals "$(instruction server COPY)" "--from=build /image /" "what server holds"
equals "$(instruction private-database COPY)" "--from=build /image-private-database /" "what private-database holds"
image=$WORK/image
private=$WORK/image-private-database

step "what is in them"
equals "$(cd "$image/usr/bin" && echo *)" rowkeeper "programs of the image: no shell, no package manager"
equals "$(find "$image" "$private" -perm /6000 -type f)" "" "files that give other rights"
for root in "$image" "$private"; do
  equals "$(find "$root" \( -user $IDENTITY -o -group $IDENTITY -o -perm -o+w \) ! -type l -printf '/%P ')" "/tmp /var/lib/rowkeeper " \
    "what the user may write to in $root"
done
[ -z "$(find "$image" -path '*postgresql*')" ] || fail "PostgreSQL is in the image without it"
size=$(du -sm --apparent-size "$image" | cut -f 1)
[ "$size" -le 100 ] || fail "the image has $size MB"
printf '   %s MB, with PostgreSQL %s MB\n' "$size" "$(du -sm --apparent-size "$private" | cut -f 1)"
for package in libc6 libpq5 libssl3 ca-certificates; do
  contains "$(cat "$image/var/lib/dpkg/status.d/$package"* 2>/dev/null)" '^Version: ' "the bill of packages: $package"
  ls "$image/usr/share/doc/$package"*/copyright >/dev/null || fail "the license of $package is missing"
done

# contained ROOT [NAME=VALUE...] [FROM:TO...] -- ARG...: becomes the program in ROOT, with what a runtime brings: the variables
# of the image and these, a root that cannot be written to, /proc, /dev, /run, and folders.
contained() {
  local root=$1 variables=() mounts=() stage=server
  shift
  [ "$root" = "$image" ] || stage="private-database"
  read -ra variables < <(instruction $stage ENV)
  while [ "$1" != -- ]; do
    if [[ $1 = *=* ]]; then variables+=("$1"); else mounts+=("$1"); fi
    shift
  done
  shift
  # shellcheck disable=SC2016  # for the other shell
  exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "${variables[@]}" unshare --mount bash -euo pipefail -c '
    root=$1 count=$2
    shift 2
    mount --make-rprivate /
    mount --bind "$root" "$root"
    mount -t tmpfs -o mode=755 tmpfs "$root/run"
    for ((; count > 0; --count)); do
      mkdir -p "$root${1#*:}"
      mount --bind "${1%%:*}" "$root${1#*:}"
      shift
    done
    mount -t tmpfs -o mode=755 tmpfs "$root/dev"
    for device in null zero random urandom; do touch "$root/dev/$device" && mount --bind "/dev/$device" "$root/dev/$device"; done
    mkdir "$root/dev/shm"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
    mount -t proc proc "$root/proc"
    mount -o remount,bind,ro "$root"
    if touch "$root/tmp/written" 2>/dev/null; then exit 99; fi
    exec setpriv --no-new-privs chroot --userspec=65532:65532 --groups= "$root" /usr/bin/rowkeeper "$@"' \
    - "$root" "${#mounts[@]}" "${mounts[@]}" "$@"
}
# run ROOT ARG...: contained, to its end.
run() { (contained "$@"); }
# serve_contained ROOT ARG...: contained, in the background; sets ADDRESS.
serve_contained() {
  : >"$SERVER_LOG"
  contained "$@" >>"$SERVER_LOG" 2>&1 &
  SERVER_PID=$!
  wait_until 60 "the server listens" server_listens_or_ended
  ADDRESS=$(sed -n 's/.*msg=listening addresses="\{0,1\}0\.0\.0\.0\(:[0-9]*\).*/127.0.0.1\1/p' "$SERVER_LOG" | head -n 1)
  [ -n "$ADDRESS" ] || fail "the server ended instead of listening"
}
process() { sed -n "s/^$1:[[:space:]]*//p" "/proc/$SERVER_PID/status" | tr '\t' ' '; }

# as_mounted DIR FILE...: as Kubernetes mounts a ConfigMap or a Secret: names are links into a folder that is a link itself.
as_mounted() {
  local directory=$1 file
  shift
  mkdir -p "$directory/..2026_01_02"
  cp "$@" "$directory/..2026_01_02"
  ln -s ..2026_01_02 "$directory/..data"
  for file in "$@"; do ln -s "..data/${file##*/}" "$directory/${file##*/}"; done
}

# The pods of deploy/kubernetes: the file rowkeeper.toml, and the arguments of a container.
objects=deploy/kubernetes/rowkeeper.yaml
settings() { awk '/^---/ { on = 0 } on { print substr($0, 5) } /^  rowkeeper.toml: \|/ { on = 1 }' $objects; }
arguments() { sed -n "s/^ *args: \[\($1.*\)\]$/\1/p" $objects | tr -d ',"'; }

step "the image serves as in the pods of $objects, from a root that it cannot write to"
contains "$(run "$image" -- version)" '^rowkeeper [0-9]' "rowkeeper version"
mkdir "$WORK/from"
settings >"$WORK/from/rowkeeper.toml"
protoc --include_imports -I proto -I server/protocols -o "$WORK/from/catalogue.binpb" proto/planner/v1/*.proto || fail "protoc"
printf '%s\n' "$SCRATCH_URL" >"$WORK/from/database-url"
openssl rand -hex 32 >"$WORK/from/page-token-key"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
  -keyout "$WORK/from/tls.key" -out "$WORK/from/tls.crt" 2>/dev/null
as_mounted "$WORK/config" "$WORK/from/rowkeeper.toml"
as_mounted "$WORK/catalogue" "$WORK/from/catalogue.binpb"
as_mounted "$WORK/secrets" "$WORK/from/database-url" "$WORK/from/page-token-key"
as_mounted "$WORK/job-secrets" "$WORK/from/database-url"
as_mounted "$WORK/tls" "$WORK/from/tls.key" "$WORK/from/tls.crt"
as_mounted "$WORK/migrations" migrations/planner/*.sql
for directory in secrets job-secrets tls; do
  chown -R root:$IDENTITY "$WORK/$directory"
  find "$WORK/$directory" -type f -exec chmod 440 {} +
done
call() {
  local method=$1 json=$2
  shift 2
  "$ROWKEEPER" call "$method" "$json" --address "$ADDRESS" --server-roots "$WORK/from/tls.crt" "$@"
}
tls=("$WORK/tls:/run/secrets/tls")
ports=(ROWKEEPER_LISTEN=0.0.0.0:0 ROWKEEPER_ADMIN_LISTEN=0.0.0.0:0 ROWKEEPER_LOG_FORMAT=text)
read -ra server < <(arguments serve)
serve_contained "$image" ROWKEEPER_CONFIG=/etc/rowkeeper/config/rowkeeper.toml ROWKEEPER_ADVERTISE_ADDRESS=127.0.0.1:50051 "${ports[@]}" \
  "$WORK/config:/etc/rowkeeper/config" "$WORK/catalogue:/etc/rowkeeper/catalogue" "$WORK/secrets:/run/secrets/rowkeeper" "${tls[@]}" \
  -- "${server[@]}"
wait_until 20 "it waits for its schema" not_serving
contains "$(page /livez)" '^HTTP/1.1 200' "the liveness probe"
contains "$(page /readyz)" '^HTTP/1.1 503' "the readiness probe"
read -ra job < <(arguments migrate)
[ ${#job[@]} -gt 4 ] || fail "the Job in $objects has no arguments"
for _ in 1 2; do
  run "$image" "$WORK/job-secrets:/run/secrets/rowkeeper" "$WORK/migrations:/etc/rowkeeper/migrations" -- "${job[@]}" >"$WORK/migrate.log" 2>&1 ||
    fail "${job[*]} in the image: $(cat "$WORK/migrate.log")"
done
# It says that it serves as soon as some tables are there.
wait_until 20 "the server serves" call ProfileRepository.Create '{"profile": {"email": "first@example.com", "handle": "first", "display_name": "First"}}'
contains "$(page /readyz)" '^HTTP/1.1 200' "the readiness probe"
contains "$(run "$image" "${tls[@]}" -- call ProfileRepository.GetByHandle '{"handle": "first"}' --address "$ADDRESS" \
  --server-roots /run/secrets/tls/tls.crt)" '"first@example.com"' "a call from the image"
equals "$(process Uid)" "$IDENTITY $IDENTITY $IDENTITY $IDENTITY" "users of the server"
equals "$(process NoNewPrivs)" 1 "no new privileges"
equals "$(process CapEff)" 0000000000000000 "capabilities"
end_server TERM
equals "$SERVER_EXIT" 0 "exit code after SIGTERM"

mkdir -p "$WORK/proto"
cp -R proto/planner "$WORK/proto"
chmod -R go+rX "$WORK/proto"
step "by its own configuration it listens on all addresses, but not in plain text"
database=(ROWKEEPER_DATABASE_URL="$SCRATCH_URL")
contains "$(run "$image" "${database[@]}" ROWKEEPER_INSECURE=true -- config show)" 'listen = \["0.0.0.0:50051"\]' "config show"
status=0
output=$(run "$image" "${database[@]}" "$WORK/proto:/etc/rowkeeper/proto" -- serve 2>&1) || status=$?
equals "$status" 1 "exit code of serve without a certificate"
contains "$output" '0\.0\.0\.0:50051.*--tls-cert.*--insecure' "serve without a certificate"

step "the image with a private PostgreSQL"
mkdir -p "$WORK/data"
chown $IDENTITY:$IDENTITY "$WORK/data"
volume=$WORK/data:/var/lib/rowkeeper
serve_contained "$private" "${ports[@]}" ROWKEEPER_TLS_CERT=/run/secrets/tls/tls.crt ROWKEEPER_TLS_KEY=/run/secrets/tls/tls.key "${tls[@]}" "$volume" "$WORK/proto:/etc/rowkeeper/proto" -- serve
run "$private" "$volume" "$WORK/migrations:/etc/rowkeeper/migrations" -- migrate up --migrations /etc/rowkeeper/migrations >"$WORK/migrate.log" 2>&1 ||
  fail "migrate up in the image: $(cat "$WORK/migrate.log")"
wait_until 20 "the server serves" call ProfileRepository.Create '{"profile": {"email": "second@example.com", "handle": "second", "display_name": "Second"}}'
run "$private" "$volume" -- database dump - >"$WORK/backup.dump" || fail "a backup"
end_server TERM
equals "$SERVER_EXIT" 0 "exit code after SIGTERM"
run "$private" "$volume" -- database restore - <"$WORK/backup.dump" || fail "a restore"
contains "$(run "$private" "$volume" -- database psql -- -XqAtc 'SELECT email FROM profiles' 2>&1)" 'second@example.com' "rows after a restore"
