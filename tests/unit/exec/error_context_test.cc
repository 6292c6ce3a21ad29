#include "server/exec/error_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random_catalogue.h"

namespace rowkeeper::exec {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ErrorContexts, KnowTheProtoNamesOfColumnsAndConstraints) {
  const auto catalogue = testing::CompileProtoText(R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_BAD = 2; }
message Customer {
  option (rowkeeper.v1.entity) = {unique_keys: [{fields: ["country", "taxNumber"]}]};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string country = 2;
  string taxNumber = 3 [(rowkeeper.v1.column).name = "tax_no"];
  Mood mood = 4;
  uint32 age = 5;
  oneof means { string card = 6; int64 cash = 7; }
  optional int64 parent = 8 [(rowkeeper.v1.column).references = "shop.v1.Customer"];
}
message Order {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  int64 customer = 2 [(rowkeeper.v1.column).references = "shop.v1.Customer"];
}
)");
  ASSERT_NE(catalogue, nullptr);
  const ErrorContexts contexts(*catalogue);
  const auto& customer = contexts.For(*catalogue->FindEntity("shop.v1.Customer"));
  EXPECT_EQ(customer.entity, "shop.v1.Customer");
  EXPECT_EQ(customer.fields.at("tax_no"), "taxNumber");
  const auto& constraints = customer.constraints;
  EXPECT_THAT(constraints.at("pk_customers").fields, ElementsAre("id"));
  EXPECT_EQ(constraints.at("pk_customers").kind, db::ErrorContext::Constraint::Kind::kUnique);
  EXPECT_THAT(constraints.at("uq_customers_country_tax_no").fields, ElementsAre("country", "taxNumber"));
  EXPECT_EQ(constraints.at("ck_customers_mood").description, "must be one of MOOD_FINE, MOOD_BAD");
  EXPECT_EQ(constraints.at("ck_customers_age").description, "must be between 0 and 4294967295");
  EXPECT_THAT(constraints.at("ck_customers_means").fields, ElementsAre("card", "cash"));
  EXPECT_THAT(constraints.at("fk_customers_parent_customers").fields, ElementsAre("parent"));
  EXPECT_THAT(constraints.at("fk_customers_parent_customers").columns, ElementsAre("parent"));
  EXPECT_THAT(constraints.at("uq_customers_country_tax_no").columns, ElementsAre("country", "tax_no"));
  // A row of another entity that points here has no field here.
  EXPECT_THAT(constraints.at("fk_orders_customer_customers").fields, IsEmpty());
  EXPECT_EQ(constraints.at("fk_orders_customer_customers").referenced, "shop.v1.Order");
  EXPECT_EQ(customer.table, "customers");
  EXPECT_EQ(contexts.Words().tables.count("customers"), 1u);
  EXPECT_EQ(contexts.Words().tables.count("orders"), 1u);
  const auto& order = contexts.For(*catalogue->FindEntity("shop.v1.Order")).constraints;
  EXPECT_EQ(order.at("fk_orders_customer_customers").referenced, "shop.v1.Customer");
}

}  // namespace
}  // namespace rowkeeper::exec
