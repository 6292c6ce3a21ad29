# shellcheck shell=bash
# A throw-away PostgreSQL: its own data directory, a free port, gone with its test. Source this file.

# Directory of the newest installed server's programs; nothing when there is none.
postgres_bin() {
  local candidate newest=
  for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
    [ -x "$candidate/initdb" ] && newest=$candidate
  done
  printf '%s' "$newest"
}

# PostgreSQL refuses to run as root, so root lends it the system user postgres.
as_database_user() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --init-groups "$@")
  else
    (cd / && "$@")
  fi
}

# A TCP port of 127.0.0.1 on which nobody listens, below the range that the kernel hands out by itself.
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  printf '%s' "$port"
}

# make_cluster DIR: a new database in DIR/data, fast and forgetful.
make_cluster() {
  local dir=$1
  mkdir -p "$dir"
  [ "$(id -u)" = 0 ] && chown postgres "$dir"
  as_database_user "$(postgres_bin)/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -N >"$dir/initdb.log" 2>&1 || {
    cat "$dir/initdb.log" >&2
    echo "initdb failed; is $dir on a disk with room, and may the user $(id -un) write there?" >&2
    return 1
  }
  cat >>"$dir/data/postgresql.conf" <<-CONF
	listen_addresses = '127.0.0.1'
	unix_socket_directories = '$dir/data'
	max_connections = 300
	fsync = off
	synchronous_commit = off
	full_page_writes = off
	CONF
}

# start_cluster DIR PORT: returns when it accepts connections.
start_cluster() {
  as_database_user "$(postgres_bin)/pg_ctl" -D "$1/data" -o "-p $2" -l "$1/data/server.log" -w -t 60 start >/dev/null
}

# make_work_directory NAME: sets `work` to a new directory, which PostgreSQL's user may enter. However the script ends, its
# function clean_up runs, with the exit code in $?.
make_work_directory() {
  work=$(mktemp -d "${TMPDIR:-/tmp}/$1.XXXXXX")
  chmod 711 "$work"
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

# start_throw_away_cluster DIR [SETTINGS]: makes a cluster, with SETTINGS at the end of its postgresql.conf, and starts it on
# a free port, which it sets `port` to. Says why when it cannot.
start_throw_away_cluster() {
  local tries
  [ -n "$(postgres_bin)" ] || {
    echo "no PostgreSQL server is installed; install the package postgresql" >&2
    return 1
  }
  make_cluster "$1" || return 1
  printf '%s\n' "${2:-}" >>"$1/data/postgresql.conf"
  for tries in 1 2 3 4 5; do
    port=$(free_port)
    start_cluster "$1" "$port" && return 0
    [ "$tries" -lt 5 ] || tail -n 20 "$1/data/server.log" >&2
  done
  return 1
}

# stop_cluster DIR [MODE]: MODE is pg_ctl's, fast unless given. Nothing happens when it does not run.
stop_cluster() {
  [ -f "$1/data/postmaster.pid" ] || return 0
  as_database_user "$(postgres_bin)/pg_ctl" -D "$1/data" -m "${2:-fast}" -w -t 60 stop >/dev/null
}
