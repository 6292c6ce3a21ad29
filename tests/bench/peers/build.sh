# shellcheck shell=bash
# Builds the peers. Source this file from the root of the project.
#
# A peer is a folder here whose build.sh DIR makes DIR/server: a program that serves the services of
# tests/bench/proto on ADDRESS, with POOL_SIZE connections to DATABASE_URL, all of them environment variables.

readonly PEERS_BUILD=$PWD/build/bench
PEER_ARGUMENTS=()

# The commands that building a peer needs.
peer_needs() {
  case $1 in
    go) echo go protoc ;;
    rust) echo cargo protoc ;;
    python) echo python3 ;;
  esac
}

# Seconds that building a peer may take, its packages from their registry among them: one that does not answer must not
# hold up a run for ever.
peer_limit() {
  case $1 in
    rust) echo 1800 ;;
    *) echo 300 ;;
  esac
}

leave_out() { PEER_ARGUMENTS+=(--left-out "$1=$2"); }

# build_peer NAME: a peer that cannot be built is left out, with a word why.
build_peer() {
  local name=$1 command directory=$PEERS_BUILD/$1 limit status=0
  [ -x "tests/bench/peers/$name/build.sh" ] || {
    leave_out "$name" "there is no such peer"
    return 0
  }
  for command in $(peer_needs "$name"); do
    command -v "$command" >/dev/null || {
      leave_out "$name" "$command is not installed"
      return 0
    }
  done
  mkdir -p "$directory"
  printf 'building the peer %s\n' "$name"
  limit=$(peer_limit "$name")
  timeout --kill-after=10 "$limit" "tests/bench/peers/$name/build.sh" "$directory" >"$directory/build.log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then
    tail -n 5 "$directory/build.log" >&2
    [ "$status" != 124 ] || printf 'It was not built after %d s; is its registry reachable?\n' "$limit" | tee -a "$directory/build.log" >&2
    leave_out "$name" "it could not be built; build/bench/$name/build.log says why"
    return 0
  fi
  PEER_ARGUMENTS+=(--peer "$name=$directory/server")
}

# Those that were built before and are not in the list.
use_built_peers() {
  local name
  for name in go rust python; do
    [[ ,$1, == *,$name,* ]] || [ ! -x "$PEERS_BUILD/$name/server" ] ||
      PEER_ARGUMENTS+=(--peer "$name=$PEERS_BUILD/$name/server")
  done
}

# build_peers LIST: sets PEER_ARGUMENTS to what bench.py is told about them. LIST: names with commas between; built among
# them are those that were built before; none is none.
build_peers() {
  local name
  for name in ${1//,/ }; do
    case $name in
      none) ;;
      built) use_built_peers "$1" ;;
      *) build_peer "$name" ;;
    esac
  done
}
