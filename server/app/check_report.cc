#include "server/app/check_report.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "server/base/text.h"
#include "server/schema/method_fit.h"

namespace rowkeeper::app {
namespace {

using schema::Mismatch;

/// Of methods, in one line.
constexpr size_t kShownNames = 3;

/// "A, B, C and 2 more"
std::string NameList(const std::vector<std::string>& names, Detail detail) {
  const size_t shown = detail == Detail::kEverything ? names.size() : std::min(names.size(), kShownNames);
  std::string text;
  for (size_t i = 0; i < shown; ++i) text += Cat(i == 0 ? "" : ", ", names[i]);
  if (shown < names.size()) text += Cat(" and ", names.size() - shown, " more");
  return text;
}

std::string Counted(size_t count, const char* noun) { return Cat(count, " ", noun, count == 1 ? "" : "s"); }

class FitWriter {
 public:
  FitWriter(const LoadedCatalogue& loaded, const schema::FitReport& fit, const Remedies& remedies, Detail detail)
      : loaded_(loaded),
        fit_(fit),
        service_(schema::FitOfMethods(*loaded.catalogue, loaded.plans, fit)),
        remedies_(remedies),
        detail_(detail) {
    for (const schema::MethodFit& method : service_.methods) {
      if (!method.why.empty()) closed_.insert(method.plan->full_name);
      for (const Mismatch* why : method.why) methods_[why].push_back(method.plan->full_name);
    }
    for (const schema::RelationFit& relation : service_.relations) {
      const std::string name = Cat(relation.entity->full_name, ".", relation.relation->field->name());
      for (const Mismatch* why : relation.why) relations_[why].push_back(name);
    }
  }

  std::string Write(const std::vector<StatementTrials::Refusal>& refused) {
    for (const Mismatch& mismatch : fit_.mismatches) WriteMismatch(mismatch);
    WriteRefused(refused);
    for (const Mismatch& advice : fit_.advice) text_ += Cat("advice: ", advice.ToString(), "\n");
    if (!closed_.empty()) {
      text_ += Cat("the database does not fit the catalogue: ", closed_.size(), " of ", loaded_.plans.size(),
                   " methods cannot be served\n");
    } else if (!fit_.mismatches.empty()) {
      text_ += "the database does not fit the catalogue\n";
    }
    if (!pending_remedy_.empty()) text_ += Cat("migrations are pending: ", pending_remedy_, "\n");
    return std::move(text_);
  }

 private:
  void WriteMismatch(const Mismatch& mismatch) {
    text_ += Cat("error: ", mismatch.ToString(), "\n");
    const std::vector<std::string>& methods = methods_[&mismatch];
    const std::vector<std::string>& relations = relations_[&mismatch];
    if (!methods.empty()) {
      text_ += Cat("  closes ", Counted(methods.size(), "method"), ": ", NameList(methods, detail_), "\n");
    }
    if (!relations.empty()) {
      text_ += Cat("  closes ", Counted(relations.size(), "relation"), ": ", NameList(relations, detail_), "\n");
    }
    if (methods.empty() && relations.empty()) text_ += "  closes no method\n";
    const std::string remedy = remedies_.For(mismatch);
    if (remedies_.IsPending(mismatch)) {
      pending_remedy_ = remedy;
    } else if (!remedy.empty()) {
      text_ += Cat("  ", remedy, "\n");
    }
  }

  /// Whether one of the mismatches says why.
  bool IsExplained(const StatementTrials::Refusal& statement, const std::string& method) const {
    const bool of_relations = statement.what.find(", relation ") != std::string::npos ||
                              statement.what.find(", with relations") != std::string::npos;
    return closed_.count(method) > 0 || (of_relations && !service_.relations.empty());
  }

  void WriteRefused(const std::vector<StatementTrials::Refusal>& refused) {
    struct Cause {
      std::vector<std::string> names;
      size_t statements = 0;
    };
    std::map<std::string, Cause> causes;
    for (const StatementTrials::Refusal& statement : refused) {
      const std::string message(statement.why.message());
      const std::string method = statement.what.substr(0, statement.what.find(", "));
      if (detail_ == Detail::kEverything) text_ += Cat("error: ", statement.what, ": ", message, "\n");
      if (IsExplained(statement, method)) continue;
      Cause& cause = causes[message.substr(0, message.find('\n'))];
      ++cause.statements;
      if (cause.names.empty() || cause.names.back() != method) cause.names.push_back(method);
    }
    if (detail_ == Detail::kEverything) return;
    for (const auto& [message, cause] : causes) {
      text_ += Cat("error: PostgreSQL refuses ", Counted(cause.statements, "statement"), " of ",
                   NameList(cause.names, detail_), ": ", message, "\n");
    }
  }

  const LoadedCatalogue& loaded_;
  const schema::FitReport& fit_;
  const schema::ServiceFit service_;
  const Remedies& remedies_;
  const Detail detail_;
  std::set<std::string> closed_;
  std::map<const Mismatch*, std::vector<std::string>> methods_, relations_;
  /// What mends the mismatches of tables that pending migrations are about.
  std::string pending_remedy_;
  std::string text_;
};

}  // namespace

std::string FitText(const LoadedCatalogue& loaded, const schema::FitReport& fit,
                    const std::vector<StatementTrials::Refusal>& refused, const Remedies& remedies, Detail detail) {
  return FitWriter(loaded, fit, remedies, detail).Write(refused);
}

}  // namespace rowkeeper::app
