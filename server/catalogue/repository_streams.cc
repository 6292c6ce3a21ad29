#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/repository_text.h"

namespace rowkeeper::catalogue {
namespace {

constexpr StandardField kResumeToken = {"string", "resume_token", "BINDING_RESUME_TOKEN"};

FieldText RowsOf(const RepositoryText& text) {
  return {absl::StrCat("repeated ", text.type()), Plural(SnakeCase(text.name())), {}, ""};
}

void AddImport(RepositoryText* text) {
  const std::string response = absl::StrCat("Import", text->plural(), "Response");
  text->AddMethod("Stores new rows, as many as there are: every message is stored as a batch.", "Import",
                  absl::StrCat("stream ", response),
                  {absl::StrCat("Import", text->plural(), "Request"), {RowsOf(*text)}});
  std::string& request = text->file().methods.back().request;
  request = absl::StrCat("stream ", request);
  text->file().messages.push_back({response, {{"int64", "imported", {}, ""}, {"int64", "chunks", {}, ""}}});
}

void AddExport(RepositoryText* text) {
  const Entity& entity = text->entity();
  MessageText request{absl::StrCat("Export", text->plural(), "Request"), {}};
  text->AddOptionalEnums(&request);
  text->AddStandard(kResumeToken, &request);
  text->AddStandard(kReadMaskField, &request);
  if (entity.soft_deletable()) text->AddStandard(kDeletedField, &request);
  const auto filterable = [](const Column& column) { return column.filterable; };
  if (std::any_of(entity.columns.begin(), entity.columns.end(), filterable))
    text->AddStandard(kExpressionField, &request);
  const std::string response = absl::StrCat("Export", text->plural(), "Response");
  text->AddMethod("All rows that match, by key, as of one moment.", "Export", absl::StrCat("stream ", response),
                  std::move(request));
  text->file().messages.push_back({response, {RowsOf(*text), {"string", "resume_token", {}, ""}}});
}

}  // namespace

void AddStreams(RepositoryText* text) {
  const auto given = [](const Column& column) { return !column.output_only; };
  const auto& columns = text->entity().columns;
  if (std::any_of(columns.begin(), columns.end(), given)) AddImport(text);
  AddExport(text);
}

}  // namespace rowkeeper::catalogue
