#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/plan/method_plan.h"
#include "server/schema/default_fit.h"
#include "server/schema/fit.h"
#include "server/schema/version_fit.h"
#include "server/sql/ddl.h"
#include "server/sql/variants.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {

inline constexpr char kHead[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
enum State { STATE_NEW = 0; STATE_OLD = 1; }
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; }
)";

inline constexpr char kKey[] = "string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];";

/// A catalogue over tables that somebody else made.
class DeclaredFitTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(database_.ok());
    db::ConnectionOptions options;
    options.url = database_.url();
    auto connection = db::Connection::Open(options);
    ASSERT_TRUE(connection.ok()) << connection.status();
    connection_ = *std::move(connection);
  }

  void Declare(const std::string& body) {
    catalogue_ = testing::CompileProtoText(absl::StrCat(kHead, body));
    ASSERT_NE(catalogue_, nullptr);
    catalogue::Diagnostics diagnostics;
    plans_ = plan::CompilePlans(*catalogue_, &diagnostics);
    for (const auto& diagnostic : diagnostics.Sorted()) ADD_FAILURE() << diagnostic.ToString();
  }

  /// An entity "items" with a UUID key and a repository that creates.
  void DeclareItem(const std::string& fields) {
    Declare(absl::StrCat("message Item { option (rowkeeper.v1.entity) = {}; ", kKey, fields, R"( }
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Create(CreateItem) returns (Item);
  rpc BatchCreate(BatchCreateItems) returns (BatchCreateItemsResponse);
}
message CreateItem { Item item = 1; }
message BatchCreateItems { repeated Item items = 1; }
message BatchCreateItemsResponse { repeated Item items = 1; }
)"));
  }

  FitReport Check() {
    const auto live = LiveSchema::Read(*catalogue_, *connection_);
    EXPECT_TRUE(live.ok()) << live.status();
    auto report = CheckFit(*catalogue_, *live, *connection_);
    EXPECT_TRUE(report.ok()) << report.status();
    CheckDefaults(plans_, *live, &*report);
    CheckVersions(*catalogue_, *live, *connection_, &*report);
    return *report;
  }

  std::vector<std::string> Mismatches() {
    std::vector<std::string> sentences;
    for (const Mismatch& mismatch : Check().mismatches) sentences.push_back(mismatch.ToString());
    return sentences;
  }

  std::vector<std::string> Advice() {
    std::vector<std::string> sentences;
    for (const Mismatch& mismatch : Check().advice) sentences.push_back(mismatch.ToString());
    return sentences;
  }

  void MakeTables() {
    std::vector<const catalogue::Entity*> entities;
    for (const auto& entity : catalogue_->entities()) entities.push_back(entity.get());
    database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
  }

  /// What PostgreSQL refuses of all statements of all plans.
  std::vector<std::string> RefusedStatements() {
    std::vector<std::string> refused;
    for (const auto& plan : plans_) {
      for (const sql::SampledStatement& sample : sql::SampleStatements(*plan)) {
        const absl::Status status = connection_->ExecuteScript(sql::PrepareText("tried", sample.statement), nullptr);
        if (!status.ok()) refused.push_back(absl::StrCat(plan->full_name, ": ", std::string(status.message())));
        connection_->ExecuteScript("DEALLOCATE ALL", nullptr).IgnoreError();
      }
    }
    return refused;
  }

  testing::ScratchDatabase database_{"declared"};
  std::unique_ptr<db::Connection> connection_;
  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  std::vector<std::unique_ptr<const plan::MethodPlan>> plans_;
};

}  // namespace rowkeeper::schema
