#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "server/schema/default_fit.h"
#include "server/schema/method_fit.h"
#include "server/sql/column_definition.h"
#include "server/sql/ddl.h"
#include "server/sql/identifier.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {

/// A database with the tables of a catalogue. Each change is tried in a transaction and taken back.
class FitBench {
 public:
  explicit FitBench(std::unique_ptr<const catalogue::Catalogue> catalogue) : catalogue_(std::move(catalogue)) {
    catalogue::Diagnostics diagnostics;
    plans_ = plan::CompilePlans(*catalogue_, &diagnostics);
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
    db::ConnectionOptions options;
    options.url = database_.url();
    connection_ = db::Connection::Open(options).value();
    for (const auto& plan : plans_) {
      if (plan->query == nullptr) samples_[plan.get()] = sql::SampleStatements(*plan);
    }
  }

  /// What is broken while `ddl` is in force; `look` sees the report, too.
  template <typename Look>
  void With(const std::string& ddl, Look look) {
    ASSERT_TRUE(Script("BEGIN").ok());
    const absl::Status changed = Script(ddl);
    ASSERT_TRUE(changed.ok()) << ddl << ": " << changed;
    const auto live = LiveSchema::Read(*catalogue_, *connection_);
    ASSERT_TRUE(live.ok()) << live.status();
    auto report = CheckFit(*catalogue_, *live, *connection_);
    ASSERT_TRUE(report.ok()) << report.status();
    CheckDefaults(plans_, *live, &*report);
    look(*report, FitOfMethods(*catalogue_, plans_, *report));
    ASSERT_TRUE(Script("ROLLBACK").ok());
  }

  /// Short names of the methods that are broken while `ddl` is in force.
  std::vector<std::string> BrokenBy(const std::string& ddl) {
    std::vector<std::string> names;
    With(ddl, [&](const FitReport&, const ServiceFit& fit) {
      for (const MethodFit& method : fit.methods) {
        if (!method.fits()) names.push_back(method.plan->full_name.substr(method.plan->full_name.rfind("v1.") + 3));
      }
      for (const RelationFit& relation : fit.relations) {
        names.push_back(absl::StrCat("relation ", relation.entity->table, ".", relation.relation->field->name()));
      }
    });
    return names;
  }

  /// The error of a statement of the method that is about `table`; empty when there is none.
  std::string RefusedStatement(const plan::MethodPlan& plan, const std::string& table) {
    const auto samples = samples_.find(&plan);
    if (samples == samples_.end()) return "";
    std::set<std::string> tried;
    for (const sql::SampledStatement& sample : samples->second) {
      if (sample.of == sql::SampledStatement::Of::kRelations || !tried.insert(sample.statement.text).second) continue;
      std::string problem = Refused(sample.statement, table);
      if (!problem.empty()) return absl::StrCat(sample.label, ": ", problem);
    }
    return "";
  }

  std::string Refused(const sql::Statement& statement, const std::string& table) {
    if (!absl::StrContains(statement.text, table)) return "";
    const absl::Status status =
        Script(absl::StrCat("SAVEPOINT s; ", sql::PrepareText("tried", statement), "; DEALLOCATE tried; RELEASE s"));
    if (status.ok()) return "";
    EXPECT_TRUE(Script("ROLLBACK TO s").ok());
    return std::string(status.message());
  }

  const catalogue::Catalogue& catalogue() const { return *catalogue_; }
  const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans() const { return plans_; }

 private:
  absl::Status Script(const std::string& text) { return connection_->ExecuteScript(text, nullptr); }

  testing::ScratchDatabase database_{"methodfit"};
  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  std::vector<std::unique_ptr<const plan::MethodPlan>> plans_;
  std::map<const plan::MethodPlan*, std::vector<sql::SampledStatement>> samples_;
  std::unique_ptr<db::Connection> connection_;
};

}  // namespace rowkeeper::schema
