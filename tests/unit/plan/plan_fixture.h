#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/text.h"
#include "server/catalogue/diagnostics.h"
#include "server/plan/call.h"
#include "server/plan/method_plan.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::plan {

/// A catalogue with its plans, or the mistakes in them.
class Plans {
 public:
  explicit Plans(std::unique_ptr<const catalogue::Catalogue> catalogue) : catalogue_(std::move(catalogue)) {
    if (catalogue_ != nullptr) plans_ = CompilePlans(*catalogue_, &diagnostics_);
  }
  /// The messages and services of a file of package `shop.v1`.
  static Plans OfText(const std::string& body);

  /// "element: problem; remedy" of each mistake, in the order of the file.
  std::vector<std::string> Mistakes() const;
  /// The plan whose full name ends in `name`; fails the running test when there is none.
  const MethodPlan& Find(const std::string& name) const;
  const std::vector<std::unique_ptr<const MethodPlan>>& all() const { return plans_; }
  const catalogue::Catalogue& catalogue() const { return *catalogue_; }

 private:
  std::unique_ptr<const catalogue::Catalogue> catalogue_;
  catalogue::Diagnostics diagnostics_;
  std::vector<std::unique_ptr<const MethodPlan>> plans_;
};

/// Requests of a plan, given by the names of its inputs, as the decoder would leave them.
class RequestBuilder {
 public:
  explicit RequestBuilder(const MethodPlan& plan) : plan_(plan), request_(EmptyRequest(plan)) {}

  /// The value of the field with this name, wherever it is bound.
  RequestBuilder& Set(const std::string& name, const std::string& text);
  RequestBuilder& ReadMask(std::vector<std::string> paths);
  RequestBuilder& UpdateMask(std::vector<std::string> paths);
  Request& request() { return request_; }

  absl::StatusOr<Call> Bind(const PageLimits& limits = {}) const;
  /// Binds and fails the running test when that is refused.
  Call MustBind() const;
  /// The message of a refusal; "OK" when there is none.
  std::string Message() const;

 private:
  const MethodPlan& plan_;
  Request request_;
};

/// The tokens of the tests' calls.
const PageTokens& TestTokens();

/// The names of `entity`'s columns.
std::vector<std::string> Names(const catalogue::Entity& entity, const std::vector<int>& columns);
/// The names of the columns that a call writes.
std::vector<std::string> Written(const Call& call);
/// The names of the filters that apply to a call.
std::vector<std::string> Filters(const Call& call);
/// The text that an input has, "NULL" when it has none.
std::string ArgumentText(const Call& call, const std::string& input);

}  // namespace rowkeeper::plan
