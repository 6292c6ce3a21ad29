#include "server/sql/representable.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/catalogue/catalogue.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::sql {
namespace {

/// A value has up to 1 GB: a small multiple of its length, or of the number of its elements, is more than an integer
/// holds.
TEST(RepresentableTest, SizesAreNotMultipliedAsIntegers) {
  int products = 0;
  for (const char* name : {"planner/v1", "tracker/v1"}) {
    const auto catalogue = testing::CompileExample(name);
    for (const auto& entity : catalogue->entities()) {
      for (const catalogue::Column& column : entity->columns) {
        for (const WireSize& size : {LargestWireSize(column, "\"c\""), SentSize(column, "\"c\"")}) {
          const size_t product = size.varying.find(" * ");
          if (product == std::string::npos) continue;
          ++products;
          const std::string factor = size.varying.substr(0, product);
          EXPECT_TRUE(factor.size() > 8 && factor.substr(factor.size() - 8) == "::bigint")
              << entity->full_name << ": " << size.varying;
        }
      }
    }
  }
  EXPECT_GT(products, 5);
}

TEST(RepresentableTest, WhetherSqlCanTellIsKnownWithoutItsText) {
  int told = 0, untold = 0;
  for (const char* name : {"planner/v1", "tracker/v1"}) {
    const auto catalogue = testing::CompileExample(name);
    for (const auto& entity : catalogue->entities()) {
      for (const catalogue::Column& column : entity->columns) {
        const bool can = SurelyRepresentable(column, "\"c\"") != "false";
        EXPECT_EQ(IsTold(column), can) << entity->full_name << "." << column.name;
        ++(can ? told : untold);
      }
    }
  }
  EXPECT_GT(told, 50);
  EXPECT_GT(untold, 1);
}

}  // namespace
}  // namespace rowkeeper::sql
