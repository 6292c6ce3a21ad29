#!/usr/bin/env bash
# The client library as others use it: installed to a prefix, found by find_package, with stubs of their own.
set -euo pipefail
# shellcheck source=tests/support/server.sh
source tests/support/server.sh

consumer=$PWD/tests/client/consumer
shelf=(--proto-path "$consumer/proto")

step "install"
cmake --install "$BUILD" --prefix "$WORK/staged" --component client >"$WORK/install.log" 2>&1 ||
  fail "cmake --install: $(cat "$WORK/install.log")"
mv "$WORK/staged" "$WORK/prefix"  # nothing may remember where it was installed first
lacks "$(cd "$WORK/prefix" && find . -path ./share/rowkeeper/googleapis -prune -o -type f -print)" 'google|server|internal' "installed files"
for file in include/rowkeeper/client/unit_of_work.h include/rowkeeper/v1/annotations.pb.h \
  share/rowkeeper/proto/rowkeeper/v1/annotations.proto share/rowkeeper/proto/rowkeeper/v1/unit_of_work.proto \
  share/rowkeeper/googleapis/google/type/date.proto; do
  [ -f "$WORK/prefix/$file" ] || fail "$file is not installed"
done
lacks "$(grep -rlF --include='*.cmake' --include='*.h' "$PWD" "$WORK/prefix" || true)" . "a path of the build is in"

step "a project that finds it builds, with the examples of the documentation"
bash "$consumer/snippets.sh" client/README.md client/include/rowkeeper/client/*.h >"$WORK/examples.cc"
[ "$(grep -cE '^struct (Readme|Header)' "$WORK/examples.cc")" -ge 11 ] || fail "examples are missing: $(cat "$WORK/examples.cc")"
cmake -S "$consumer" -B "$WORK/build" -DCMAKE_PREFIX_PATH="$WORK/prefix" -DCMAKE_BUILD_TYPE=Debug \
  -DEXAMPLES="$WORK/examples.cc" ${SANITIZE:+"-DCMAKE_CXX_FLAGS=-fsanitize=$SANITIZE"} >"$WORK/cmake.log" 2>&1 ||
  fail "configure: $(cat "$WORK/cmake.log")"
cmake --build "$WORK/build" >"$WORK/cmake.log" 2>&1 || fail "build: $(cat "$WORK/cmake.log")"

step "mistakes are told in words"
mistake() {
  local output
  output=$(cmake --build "$WORK/build" --target "$1" 2>&1) && fail "$1 compiles"
  contains "$output" "$2" "the compiler, of $1"
}
mistake returns_nothing 'takes a function of UnitOfWork& that returns absl::Status or absl::StatusOr<T>'
mistake takes_no_unit 'takes a function of UnitOfWork& that returns absl::Status or absl::StatusOr<T>'
mistake stub_is_gone 'the stub has to outlive the rows'

step "another version is not taken for the one that was asked for"
sed 's/find_package(rowkeeper 0.1 /find_package(rowkeeper 9.9 /' "$consumer/CMakeLists.txt" >"$WORK/CMakeLists.txt"
mkdir "$WORK/wrong_version"
mv "$WORK/CMakeLists.txt" "$WORK/wrong_version"
output=$(cmake -S "$WORK/wrong_version" -B "$WORK/wrong_build" -DCMAKE_PREFIX_PATH="$WORK/prefix" 2>&1) &&
  fail "version 9.9 was found"
contains "$output" 'version: 0\.' "cmake"

step "its program works against a real server"
make_scratch_database
"$ROWKEEPER" migrate new create_books --migrations "$WORK/migrations" --entity shelf.v1.Book "${shelf[@]}" >/dev/null
"$ROWKEEPER" migrate up --migrations "$WORK/migrations" --database-url "$SCRATCH_URL" >/dev/null
start_server "${shelf[@]}" --database-url "$SCRATCH_URL" --listen 127.0.0.1:0
wait_until 20 "the server serves" serving
output=$("$WORK/build/shelf" "$ADDRESS" 2>&1) || fail "shelf: $output"
equals "$output" "$(printf 'Book %s\n' 1 2 3 4)" "what it read"
