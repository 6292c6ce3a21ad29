// embedded_owner DATA_DIR USER SQL…: as the user USER ("-": as it is), starts the private PostgreSQL of DATA_DIR, runs
// the statements, writes a line and waits to be killed. A program of its own: a process that has threads cannot fork
// and go on, for their locks stay locked in the child.
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "server/db/connection.h"
#include "server/embedded/embedded_postgres.h"

namespace {

using rowkeeper::embedded::EmbeddedOptions;
using rowkeeper::embedded::EmbeddedPostgres;

bool Become(const std::string& name) {
  if (name == "-") return true;
  const passwd* user = getpwnam(name.c_str());
  return user != nullptr && setgid(user->pw_gid) == 0 && setgroups(0, nullptr) == 0 && setuid(user->pw_uid) == 0;
}

absl::Status Execute(const std::string& url, const char* sql) {
  rowkeeper::db::ConnectionOptions options;
  options.url = url;
  absl::StatusOr<std::unique_ptr<rowkeeper::db::Connection>> connection = rowkeeper::db::Connection::Open(options);
  if (!connection.ok()) return connection.status();
  rowkeeper::db::Query query;
  query.result = rowkeeper::ResultShape::Any();
  query.text = sql;
  return (*connection)->Execute(query).status();
}

int Refuse(const absl::Status& status) {
  std::fprintf(stderr, "embedded_owner: %s\n", status.ToString().c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3 || !Become(argv[2])) return 2;
  EmbeddedOptions options;
  options.data_dir = argv[1];
  const absl::StatusOr<std::unique_ptr<EmbeddedPostgres>> postgres = EmbeddedPostgres::Start(options);
  if (!postgres.ok()) return Refuse(postgres.status());
  for (int i = 3; i < argc; ++i) {
    if (const absl::Status status = Execute((*postgres)->url(), argv[i]); !status.ok()) return Refuse(status);
  }
  std::puts("ready");
  std::fflush(stdout);
  for (;;) pause();
}
