#include "server/wire/unrepresentable_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "server/base/row_errors.h"
#include "server/base/text.h"

namespace rowkeeper::wire {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string LogOf(const std::function<void()>& body) {
  ::testing::internal::CaptureStderr();
  body();
  return ::testing::internal::GetCapturedStderr();
}

absl::Status SecretMark(std::string_view key) {
  return UnrepresentableValue(StoredValue{"shop.v1.Thing", key, "settings.marks[\"secret\"].level"}, "p");
}

TEST(UnrepresentableLog, NamesTheRowAndTheFieldButNoKeyOfAMap) {
  const std::string log = LogOf([] { LogIfUnrepresentable("shop.v1.ThingRepository.GetById", SecretMark("id 2")); });
  EXPECT_THAT(log, AllOf(HasSubstr("level=warning"), HasSubstr("method=shop.v1.ThingRepository.GetById"),
                         HasSubstr("entity=shop.v1.Thing key=\"id 2\" field=settings.marks rows=1\n"),
                         Not(HasSubstr("secret"))));
}

TEST(UnrepresentableLog, IsSilentAboutOtherErrorsAndAboutNothing) {
  EXPECT_EQ(LogOf([] { LogIfUnrepresentable("m", RowNotFound("shop.v1.Thing", "id 2")); }), "");
  EXPECT_EQ(LogOf([] { LogIfUnrepresentable("m", absl::OkStatus()); }), "");
  EXPECT_EQ(LogOf([] { LogUnrepresentable("m", codec::UnrepresentableRows()); }), "");
}

TEST(UnrepresentableLog, OneLineTellsOfAllRowsOfAResponse) {
  codec::UnrepresentableRows rows;
  EXPECT_TRUE(rows.Take(SecretMark("id 2")));
  EXPECT_TRUE(rows.Take(SecretMark("id 3")));
  EXPECT_TRUE(rows.Take(SecretMark("id 2"))) << "which is among them once";
  EXPECT_FALSE(rows.Take(RowNotFound("shop.v1.Thing", "id 2")));
  EXPECT_THAT(LogOf([&] { LogUnrepresentable("m", rows); }), HasSubstr("key=\"id 2\" field=settings.marks rows=2\n"));
}

TEST(UnrepresentableLog, SoManyAreListedAndAllAreCounted) {
  codec::UnrepresentableRows rows;
  for (int i = 0; i < 1500; ++i) EXPECT_TRUE(rows.Take(SecretMark(Cat("id ", i))));
  EXPECT_EQ(rows.listed().size(), 1000u);
  EXPECT_EQ(rows.count(), 1500);
}

}  // namespace
}  // namespace rowkeeper::wire
