#include <cerrno>
#include <cstdio>
#include <memory>

#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/loaded_catalogue.h"
#include "server/base/whole_file.h"
#include "server/catalogue/repository_writer.h"

namespace rowkeeper::app {
namespace {

struct GenerateOptions {
  CatalogueSettings catalogue;
  std::string entity;
  std::string output;
};

int Generate(const GenerateOptions& options) {
  const auto loaded = LoadCatalogueOrExplain(options.catalogue);
  if (loaded == nullptr) return kExitFailure;
  const catalogue::Entity* entity = loaded->catalogue->FindEntity(options.entity);
  if (entity == nullptr) {
    std::fprintf(stderr, "rowkeeper: there is no entity \"%s\"; the entities are:\n", options.entity.c_str());
    for (const auto& known : loaded->catalogue->entities()) std::fprintf(stderr, "  %s\n", known->full_name.c_str());
    return kExitFailure;
  }
  const std::string text = catalogue::WriteRepository(*entity).text;
  if (!options.output.empty()) {
    const absl::Status status = ReplaceFile(options.output, text);
    return status.ok() ? kExitOk : Fail(status);
  }
  if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0) {
    return Fail(absl::ErrnoToStatus(errno, "cannot write the result"));
  }
  return kExitOk;
}

}  // namespace

void AddGenerateCommand(CLI::App* root, Command* command) {
  CLI::App* generate = root->add_subcommand("generate", "Write the repository service of an entity as a .proto file");
  auto options = std::make_shared<GenerateOptions>();
  generate->add_option("entity", options->entity, "Full name of the entity, for example shop.v1.Product")->required();
  generate
      ->add_option("-o,--output", options->output,
                   "File to write, which is replaced when all is well. Default: standard output. A shell's `> FILE` "
                   "empties the file first, and one below a proto path is read then")
      ->type_name("FILE");
  AddCatalogueOptions(generate, &options->catalogue);
  AddConfigOption(generate);
  generate->footer(
      "Example:\n  rowkeeper generate shop.v1.Product --proto-path proto -o proto/shop/v1/product_repository.proto");
  generate->callback([command, options] { *command = [options] { return Generate(*options); }; });
}

}  // namespace rowkeeper::app
