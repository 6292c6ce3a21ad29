#include "tests/unit/plan/plan_fixture.h"

#include <google/protobuf/descriptor.h>

#include <cstdlib>
#include <iostream>

namespace rowkeeper::plan {

Plans Plans::OfText(const std::string& body) {
  return Plans(testing::CompileProtoText(absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
)",
                                                      body)));
}

std::vector<std::string> Plans::Mistakes() const {
  std::vector<std::string> mistakes;
  for (const catalogue::Diagnostic& diagnostic : diagnostics_.Sorted()) {
    EXPECT_GT(diagnostic.line, 0);
    mistakes.push_back(Cat(diagnostic.element, ": ", diagnostic.problem, "; ", diagnostic.remedy));
  }
  return mistakes;
}

const MethodPlan& Plans::Find(const std::string& name) const {
  for (const auto& plan : plans_) {
    if (EndsWithName(plan->full_name, name)) return *plan;
  }
  std::cerr << "no plan " << name << "\n";
  std::abort();
}

RequestBuilder& RequestBuilder::Set(const std::string& name, const std::string& text) {
  bool found = false;
  for (size_t i = 0; i < plan_.inputs.size(); ++i) {
    if (plan_.inputs[i].name != name) continue;
    request_.arguments[i] = {true, text};
    found = true;
  }
  EXPECT_TRUE(found) << plan_.full_name << " has no input " << name;
  return *this;
}

RequestBuilder& RequestBuilder::ReadMask(std::vector<std::string> paths) {
  PartOf<WithReadMask>(&request_.family)->read_mask = std::move(paths);
  return *this;
}

RequestBuilder& RequestBuilder::UpdateMask(std::vector<std::string> paths) {
  PartOf<WithUpdateMask>(&request_.family)->update_mask = std::move(paths);
  return *this;
}

absl::StatusOr<Call> RequestBuilder::Bind(const PageLimits& limits) const {
  return plan::Bind(plan_, request_, limits, TestTokens());
}

Call RequestBuilder::MustBind() const {
  auto call = Bind();
  EXPECT_TRUE(call.ok()) << call.status();
  return call.ok() ? *std::move(call) : Call();
}

std::string RequestBuilder::Message() const {
  const auto call = Bind();
  return call.ok() ? "OK" : std::string(call.status().message());
}

const PageTokens& TestTokens() {
  static const auto* const tokens = new PageTokens(PageTokens::DeriveKey("test"));
  return *tokens;
}

std::vector<std::string> Names(const catalogue::Entity& entity, const std::vector<int>& columns) {
  std::vector<std::string> names;
  for (int column : columns) names.push_back(entity.columns[column].field->name());
  return names;
}

std::vector<std::string> Written(const Call& call) {
  std::vector<int> columns;
  for (int i : PartOf<WithWritten>(call.variant.family)->written) columns.push_back(call.plan->values[i].column);
  return Names(*call.plan->entity, columns);
}

std::vector<std::string> Filters(const Call& call) {
  std::vector<std::string> names;
  for (int i : call.variant.filters) names.push_back(call.plan->inputs[call.plan->filters[i].input].name);
  return names;
}

std::string ArgumentText(const Call& call, const std::string& input) {
  for (size_t i = 0; i < call.plan->inputs.size(); ++i) {
    if (call.plan->inputs[i].name != input) continue;
    return call.request.arguments[i].present ? call.request.arguments[i].text : "NULL";
  }
  return "no such input";
}

}  // namespace rowkeeper::plan
