#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/loaded_catalogue.h"
#include "server/base/text.h"
#include "server/base/whole_file.h"
#include "server/catalogue/repository_merge.h"
#include "server/catalogue/repository_writer.h"

namespace rowkeeper::app {
namespace {

namespace fs = std::filesystem;

enum class Existing { kMerge, kReplace };

struct GenerateOptions {
  CatalogueSettings catalogue;
  std::vector<std::string> entities;
  std::string output;
  std::string output_directory;
  std::vector<std::string> file_options;
  bool replace = false;
};

/// NAME=VALUE of each.
absl::StatusOr<catalogue::FileOptionValues> FileOptionsOf(const std::vector<std::string>& texts) {
  catalogue::FileOptionValues options;
  for (const std::string& text : texts) {
    const size_t equals = text.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError(
          Cat("--file-option ", text, " is not NAME=VALUE, as in go_package=example.com/shop;shop"));
    }
    const std::string name = text.substr(0, equals);
    const absl::Status status = catalogue::CheckFileOption(name, text.substr(equals + 1));
    if (!status.ok()) return absl::InvalidArgumentError(absl::StrCat("--file-option ", text, ": ", status.message()));
    options[name] = text.substr(equals + 1);
  }
  return options;
}

int Print(const std::string& text) {
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return Fail(absl::ErrnoToStatus(errno, "cannot write the result"));
  }
  return kExitOk;
}

void Report(const std::string& path, const catalogue::MergedProto& merged) {
  for (const std::string& added : merged.added) std::fprintf(stderr, "%s: added %s\n", path.c_str(), added.c_str());
  for (const std::string& difference : merged.differences) {
    std::fprintf(stderr, "%s: left as it is: %s\n", path.c_str(), difference.c_str());
  }
  if (merged.added.empty()) std::fprintf(stderr, "%s: nothing to add\n", path.c_str());
}

/// Adds to the file that is there what it lacks, or writes it.
absl::Status WriteFile(const catalogue::Entity& entity, const std::string& path, const std::string& fresh,
                       Existing existing) {
  std::error_code ignored;
  if (existing == Existing::kReplace || !fs::is_regular_file(path, ignored) || fs::file_size(path, ignored) == 0) {
    return ReplaceFile(path, fresh);
  }
  const auto text = ReadFile(path);
  if (!text.ok()) return text.status();
  const auto merged = catalogue::MergeRepository(entity, *text);
  if (!merged.ok()) return absl::Status(merged.status().code(), absl::StrCat(path, ": ", merged.status().message()));
  if (merged->text != *text) {
    const absl::Status status = ReplaceFile(path, merged->text);
    if (!status.ok()) return status;
  }
  Report(path, *merged);
  return absl::OkStatus();
}

std::vector<const catalogue::Entity*> FindEntities(const catalogue::Catalogue& catalogue,
                                                   const std::vector<std::string>& names) {
  std::vector<const catalogue::Entity*> entities;
  for (const std::string& name : names) {
    entities.push_back(catalogue.FindEntity(name));
    if (entities.back() != nullptr) continue;
    std::fprintf(stderr, "rowkeeper: there is no entity \"%s\"; the entities are:\n", name.c_str());
    for (const auto& known : catalogue.entities()) std::fprintf(stderr, "  %s\n", known->full_name.c_str());
    return {};
  }
  return entities;
}

int Generate(const GenerateOptions& options) {
  if (options.entities.size() > 1 && options.output_directory.empty()) {
    return Fail(absl::InvalidArgumentError("several entities need --output-dir, for each has a file of its own"));
  }
  const auto file_options = FileOptionsOf(options.file_options);
  if (!file_options.ok()) return Fail(file_options.status());
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return kExitFailure;
  const auto entities = FindEntities(*loaded->catalogue, options.entities);
  if (entities.empty()) return kExitFailure;
  for (const catalogue::Entity* entity : entities) {
    const catalogue::WrittenProto written = catalogue::WriteRepository(*entity, *file_options);
    if (options.output.empty() && options.output_directory.empty()) return Print(written.text);
    const fs::path path =
        options.output.empty() ? fs::path(options.output_directory) / written.name : fs::path(options.output);
    std::error_code error;
    if (options.output.empty()) fs::create_directories(path.parent_path(), error);
    const absl::Status status =
        WriteFile(*entity, path.string(), written.text, options.replace ? Existing::kReplace : Existing::kMerge);
    if (!status.ok()) return Fail(status);
  }
  return kExitOk;
}

}  // namespace

void AddGenerateCommand(CLI::App* root, Command* command) {
  CLI::App* generate = root->add_subcommand("generate", "Write the repository services of entities as .proto files");
  auto options = std::make_shared<GenerateOptions>();
  generate->add_option("entities", options->entities, "Full names of entities, for example shop.v1.Product")
      ->required();
  CLI::Option* output =
      generate
          ->add_option(
              "-o,--output", options->output,
              "File to write. One that is there keeps all that it holds, and gets what it lacks. Default: "
              "standard output. A shell's `> FILE` empties the file first, and one below a proto path is read then")
          ->type_name("FILE");
  generate
      ->add_option(
          "--output-dir", options->output_directory,
          "Proto path to write to, each repository beside its entity's own file: DIR/shop/v1/product_repository.proto")
      ->type_name("DIR")
      ->excludes(output);
  generate->add_flag("--replace", options->replace,
                     "Write files anew that are there, without what people changed in them");
  generate
      ->add_option("--file-option", options->file_options,
                   "Option of new files, for example go_package=example.com/shop/v1;shopv1; may be repeated. Default: "
                   "those of the entity's file")
      ->type_name("NAME=VALUE");
  AddCatalogueOptions(generate, &options->catalogue);
  AddConfigOption(generate);
  generate->footer(
      "Examples:\n  rowkeeper generate shop.v1.Product --proto-path proto -o proto/shop/v1/product_repository.proto\n"
      "  rowkeeper generate shop.v1.Product shop.v1.Order --proto-path proto --output-dir proto");
  generate->callback([command, options] { *command = [options] { return Generate(*options); }; });
}

}  // namespace rowkeeper::app
