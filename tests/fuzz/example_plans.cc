#include "tests/fuzz/example_plans.h"

#include <cstdio>
#include <cstdlib>

#include "server/catalogue/diagnostics.h"

namespace rowkeeper::fuzz {
namespace {

ExamplePlans Compile() {
  catalogue::SourceOptions options;
  options.proto_paths = {"proto"};
  catalogue::Diagnostics diagnostics;
  auto source = catalogue::Source::Load(options, &diagnostics);
  ExamplePlans examples;
  if (source != nullptr) examples.catalogue = catalogue::Catalogue::Compile(std::move(source), &diagnostics);
  if (examples.catalogue == nullptr || examples.catalogue->entities().empty()) {
    std::fprintf(stderr, "the example catalogues are missing; run this in the project's root\n");
    std::abort();
  }
  examples.plans = plan::CompilePlans(*examples.catalogue, &diagnostics);
  return examples;
}

}  // namespace

const ExamplePlans& Examples() {
  static const auto* const kExamples = new ExamplePlans(Compile());
  return *kExamples;
}

}  // namespace rowkeeper::fuzz
