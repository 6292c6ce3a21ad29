#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/catalogue/mistakes.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

const std::string kTenantField = "string tenant_id = 18 [(rowkeeper.v1.column).role = ROLE_TENANT];";

std::string Reference(const std::string& more = "") {
  return R"(string person_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: "shop.v1.Person")" +
         more + "}];";
}

INSTANTIATE_TEST_SUITE_P(
    Tenants, MistakeTest,
    ::testing::ValuesIn(std::vector<Mistake>{
        {"TenantThatIsANumber",
         ItemText("int64 tenant_id = 18 [(rowkeeper.v1.column).role = ROLE_TENANT];"),
         {"shop.proto:6: shop.v1.Item.tenant_id: ROLE_TENANT does not fit this field; write `string tenant_id = 18`"}},
        {"TenantThatMayBeMissing",
         ItemText("optional string tenant_id = 18 [(rowkeeper.v1.column).role = ROLE_TENANT];"),
         {"shop.proto:6: shop.v1.Item.tenant_id: ROLE_TENANT does not fit this field; write `string tenant_id = 18`"}},
        {"TenantAsUniqueField",
         ItemText("string tenant_id = 18 [(rowkeeper.v1.column) = {role: ROLE_TENANT, unique: true}];"),
         {"shop.proto:3: shop.v1.Item: a unique key over the tenant alone would leave each tenant one row; name "
          "another "
          "field beside it",
          "shop.proto:6: shop.v1.Item.tenant_id: a tenant has any number of rows; remove `unique`"}},
        {"TwoTenants",
         ItemText(kTenantField + "\nstring org_id = 19 [(rowkeeper.v1.column).role = ROLE_TENANT];"),
         {"shop.proto:7: shop.v1.Item.org_id: the role is that of field tenant_id too; give each role to one field"}},
        {"TenantsOfTwoTypes",
         EntityText("Person", "", kTenantField) +
             ItemText("string tenant_id = 18 [(rowkeeper.v1.column) = {role: ROLE_TENANT, type: COLUMN_TYPE_UUID}];"),
         {"shop.proto:11: shop.v1.Item.tenant_id: the tenant is a string with `type: COLUMN_TYPE_UUID`, but that of "
          "shop.v1.Person is a string without `type`; give all of them the same type"}},
        {"SharedRowThatRefersToATenants",
         EntityText("Person", "", kTenantField) + ItemText(Reference()),
         {"shop.proto:11: shop.v1.Item.person_id: rows of shop.v1.Item are those of all tenants, but the field refers "
          "to "
          "shop.v1.Person, whose rows belong to one; give shop.v1.Item a field with ROLE_TENANT, too"}},
    }),
    MistakeName);

std::unique_ptr<const Catalogue> CompileShop(const std::string& body) {
  Compiled compiled = CompileText(ShopFile(body));
  EXPECT_NE(compiled.catalogue, nullptr) << compiled.diagnostics;
  return std::move(compiled.catalogue);
}

TEST(TenantTest, WhatIsUniqueIsSoWithinATenantAndTheTableHasBoth) {
  const auto catalogue = CompileShop(
      EntityText("Item", R"(unique_keys: [{fields: ["tenant_id", "slug"]}])", kTenantField + "string slug = 3;"));
  ASSERT_NE(catalogue, nullptr);
  const Entity& item = *catalogue->FindEntity("shop.v1.Item");
  ASSERT_TRUE(item.tenant.has_value());
  EXPECT_EQ(item.FieldNames(item.key), std::vector<std::string>{"id"});
  EXPECT_EQ(item.FieldNames(item.InTable(item.key)), (std::vector<std::string>{"tenant_id", "id"}));
  ASSERT_EQ(item.unique_keys.size(), 1u);
  EXPECT_EQ(item.FieldNames(item.unique_keys[0].columns), std::vector<std::string>{"slug"});
  EXPECT_EQ(item.unique_keys[0].name, "uq_items_tenant_id_slug");
  const Column& tenant = item.columns[static_cast<size_t>(*item.tenant)];
  EXPECT_TRUE(tenant.output_only && tenant.immutable && !tenant.nullable);
}

TEST(TenantTest, IndexesBeginWithTheTenant) {
  const auto catalogue =
      CompileShop(EntityText("Person", "", kTenantField) +
                  EntityText("Item", R"(indexes: [{fields: ["name"]}, {fields: ["tags"], method: "gin"}])",
                             kTenantField + Reference() + "string name = 3; repeated string tags = 4;"));
  ASSERT_NE(catalogue, nullptr);
  std::vector<std::string> indexes;
  for (const Index& index : catalogue->FindEntity("shop.v1.Item")->indexes) indexes.push_back(index.name);
  EXPECT_THAT(indexes, ::testing::UnorderedElementsAre("ix_items_tenant_id_name", "ix_items_tags",
                                                       "ix_items_tenant_id_person_id"));
}

TEST(TenantTest, RowsThatAllTenantsShareAreKnownWithThoseAboveThem) {
  const auto catalogue = CompileShop(
      EntityText("Person", "", "") + EntityText("Team", "", Reference()) +
      EntityText("Item", "",
                 kTenantField + R"(string team_id = 2 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, references: )" +
                     R"("shop.v1.Team"}];)") +
      EntityText("Word", "", ""));
  ASSERT_NE(catalogue, nullptr);
  const Tenancy& tenancy = *catalogue->FindEntity("shop.v1.Word")->tenancy;
  const auto shared = [&](const char* entity) { return tenancy.Of(*catalogue->FindEntity(entity)).shared; };
  EXPECT_THAT(shared("shop.v1.Person"), ::testing::ElementsAre("id"));
  EXPECT_THAT(shared("shop.v1.Team"), ::testing::ElementsAre("id"));
  EXPECT_THAT(shared("shop.v1.Word"), ::testing::IsEmpty());
  EXPECT_EQ(tenancy.Of(*catalogue->FindEntity("shop.v1.Item")).tenant, "tenant_id");
  EXPECT_EQ(tenancy.Of(*catalogue->FindEntity("shop.v1.Team")).tenant, "");
}

TEST(TenantTest, WithoutTheRoleNothingIsKnownOfTenants) {
  const auto catalogue = CompileShop(ItemText("string tenant_id = 2;"));
  ASSERT_NE(catalogue, nullptr);
  EXPECT_EQ(catalogue->FindEntity("shop.v1.Item")->tenancy, nullptr);
}

}  // namespace
}  // namespace rowkeeper::catalogue
