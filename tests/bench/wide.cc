// Writes a catalogue of many entities with complete repositories, and the migration that makes its tables, to measure
// start-up and `check` with: rowkeeper_wide 500 DIR. See README.md.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_join.h"
#include "server/catalogue/catalogue.h"
#include "server/sql/ddl.h"
#include "tests/support/wide_catalogue.h"

namespace rowkeeper::bench {
namespace {

void WriteMigration(const std::filesystem::path& protos, const std::filesystem::path& directory) {
  catalogue::Diagnostics diagnostics;
  catalogue::SourceOptions options;
  options.proto_paths = {protos.string()};
  const auto compiled = catalogue::Catalogue::Compile(catalogue::Source::Load(options, &diagnostics), &diagnostics);
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : compiled->entities()) entities.push_back(entity.get());
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "20260101000000_wide.sql")
      << "-- migrate:up\n"
      << absl::StrJoin(sql::CreateTables(entities), ";\n") << ";\n\n-- migrate:down\n"
      << absl::StrJoin(sql::DropTables(entities), ";\n") << ";\n";
}

int Main(int argc, char** argv) {
  const int entities = argc == 3 ? std::atoi(argv[1]) : 0;
  if (entities < 1 || entities > 9999) {
    std::fputs("usage: rowkeeper_wide ENTITIES DIR; writes DIR/proto and DIR/migrations\n", stderr);
    return 2;
  }
  const std::filesystem::path directory = argv[2];
  try {
    testing::WriteWideCatalogue(entities, directory / "proto");
    WriteMigration(directory / "proto", directory / "migrations");
  } catch (const std::exception& mistake) {
    std::fprintf(stderr, "%s\n", mistake.what());
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace rowkeeper::bench

int main(int argc, char** argv) { return rowkeeper::bench::Main(argc, argv); }
