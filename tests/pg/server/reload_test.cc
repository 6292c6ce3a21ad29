#include <memory>

#include "tests/pg/server/reload_fixture.h"

namespace rowkeeper::testing {
namespace {

using app::CatalogueGeneration;
using ::testing::HasSubstr;

TEST_F(ReloadTest, WhatIsNewIsServedAndWhatIsGoneIsUnknown) {
  Create(1);
  EXPECT_EQ(ReasonOf(Call(second_, "BoxRepository.Create", {{"box", {{"id", "1"}}}})), "UNIMPLEMENTED");
  Serve(second_);
  EXPECT_EQ(ReasonOf(Call(second_, "BoxRepository.Create", {{"box", {{"id", "1"}, {"label", "red"}}}})), "OK");
  EXPECT_EQ(Call(second_, "BoxRepository.GetById", {{"id", "1"}}).value()["label"], "red");
  EXPECT_EQ(ReasonOf(Call(second_, "BoxRepository.GetById", {{"id", "2"}})), "ROW_NOT_FOUND");
  EXPECT_EQ(Call(second_, "ItemRepository.GetById", {{"id", "1"}}).value()["name"], "item 1");
  EXPECT_EQ(ReasonOf(Call(first_, "ItemRepository.Delete", {{"id", "1"}})), "UNIMPLEMENTED");
  Serve(first_);
  EXPECT_EQ(ReasonOf(Call(second_, "BoxRepository.GetById", {{"id", "1"}})), "UNIMPLEMENTED");
  EXPECT_EQ(ReasonOf(Call(first_, "ItemRepository.Delete", {{"id", "1"}})), "OK");
}

TEST_F(ReloadTest, NewStreamsAreServed) {
  Serve(second_);
  for (int id = 1; id <= 5; ++id) {
    ASSERT_EQ(ReasonOf(Call(second_, "BoxRepository.Create", {{"box", {{"id", std::to_string(id)}}}})), "OK");
  }
  StreamClient client(&server_, Method(*second_, "BoxRepository.Export"));
  client.Send(Json::object());
  client.SendNoMore();
  size_t boxes = 0;
  for (const Json& message : client.ReceiveAll()) boxes += message.value("boxes", Json::array()).size();
  EXPECT_TRUE(client.Finish().ok());
  EXPECT_EQ(boxes, 5U);
}

TEST_F(ReloadTest, HealthAndReflectionTellOfWhatIsServed) {
  EXPECT_FALSE(server_.IsServing("shop.v1.BoxRepository"));
  Serve(second_);
  EXPECT_TRUE(server_.IsServing("shop.v1.BoxRepository"));
  EXPECT_TRUE(server_.IsServing("shop.v1.ItemRepository"));
  EXPECT_TRUE(server_.IsServing());
  Serve(first_);
  EXPECT_FALSE(server_.IsServing("shop.v1.BoxRepository"));
  EXPECT_TRUE(server_.IsServing("shop.v1.ItemRepository"));
}

TEST_F(ReloadTest, AnOpenUnitGoesOnWithWhatItBeganWith) {
  Create(1);
  const Unit unit(&server_);
  Serve(second_);
  EXPECT_EQ(ReasonOf(Call(first_, "ItemRepository.Delete", {{"id", "1"}}, unit.Inside())), "OK");
  EXPECT_EQ(ReasonOf(Call(second_, "BoxRepository.Create", {{"box", {{"id", "1"}}}}, unit.Inside())), "OK")
      << "what the unit does not know is served as it is now";
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(server_.database().Value("SELECT count(*) FROM items"), "0");
  EXPECT_EQ(server_.database().Value("SELECT count(*) FROM boxes"), "1");
  const Unit next(&server_);
  EXPECT_EQ(ReasonOf(Call(first_, "ItemRepository.Delete", {{"id", "1"}}, next.Inside())), "UNIMPLEMENTED");
  EXPECT_TRUE(next.Rollback().ok());
}

TEST_F(ReloadTest, AnExportGoesOnAndCanBeResumed) {
  for (int id = 1; id <= 9; ++id) Create(id);
  const auto start = [this](const Json& request) {
    auto client = std::make_unique<StreamClient>(&server_, Method(*first_, "ItemRepository.Export"));
    client->Send(request);
    client->SendNoMore();
    return client;
  };
  const auto client = start(Json::object());
  const auto piece = client->Receive();
  ASSERT_TRUE(piece.has_value());
  Serve(second_);
  size_t items = piece->value("items", Json::array()).size();
  for (const Json& message : client->ReceiveAll()) items += message.value("items", Json::array()).size();
  EXPECT_TRUE(client->Finish().ok());
  EXPECT_EQ(items, 9U);
  const auto again = start({{"resume_token", (*piece)["resume_token"]}});
  items = piece->value("items", Json::array()).size();
  for (const Json& message : again->ReceiveAll()) items += message.value("items", Json::array()).size();
  EXPECT_TRUE(again->Finish().ok()) << "a field in front of the others makes no other request";
  EXPECT_EQ(items, 9U);
}

TEST_F(ReloadTest, APageTokenGoesOn) {
  for (int id = 1; id <= 4; ++id) Create(id);
  Json request = {{"page_size", 2}, {"order_by", "name desc"}};
  const auto page = Call(first_, "ItemRepository.List", request);
  ASSERT_TRUE(page.ok()) << page.status();
  request["page_token"] = (*page)["next_page_token"];
  Serve(second_);
  const auto next = Call(second_, "ItemRepository.List", request);
  ASSERT_TRUE(next.ok()) << next.status();
  ASSERT_EQ((*next)["items"].size(), 2U);
  EXPECT_EQ((*next)["items"][0]["name"], "item 2");
  EXPECT_EQ((*next)["items"][1]["name"], "item 1");
}

TEST_F(ReloadTest, WhatNobodyUsesIsFreed) {
  ASSERT_EQ(CatalogueGeneration::alive(), 1);
  const Unit unit(&server_);
  Serve(second_);
  Serve(first_);
  ASSERT_EQ(ReasonOf(Call(first_, "ItemRepository.GetById", {{"id", "1"}})), "ROW_NOT_FOUND");
  EXPECT_TRUE(Eventually([] { return CatalogueGeneration::alive() == 2; })) << "the unit's, and what is served";
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_EQ(CatalogueGeneration::alive(), 2);
  ASSERT_TRUE(unit.Rollback().ok());
  EXPECT_TRUE(Eventually([] { return CatalogueGeneration::alive() == 1; }));
}

TEST_F(ReloadTest, WhatWouldBeRefusedWaitsForTheDatabase) {
  Create(1);
  ItemVersion version = FirstVersion();
  version.fields = "  optional string color = 12;";
  const SharedCatalogue third = Compile(version);
  ASSERT_TRUE(catalogue().Offer(third).ok());
  ASSERT_TRUE(Eventually([this] { return catalogue().Obstacle().find("color") != std::string::npos; }))
      << catalogue().Obstacle();
  EXPECT_FALSE(catalogue().Serve());
  EXPECT_EQ(ReasonOf(Call(third, "ItemRepository.GetById", {{"id", "1"}})), "OK");
  server_.database().Run("ALTER TABLE items ADD color text");
  ASSERT_TRUE(Eventually([this] { return catalogue().Serve(); })) << catalogue().Obstacle();
  server_.database().Run("UPDATE items SET color = 'red'");
  EXPECT_EQ(Call(third, "ItemRepository.GetById", {{"id", "1"}}).value()["color"], "red");
}

TEST_F(ReloadTest, ACallOfAnOpenUnitNeedsThePermissionOfBothCatalogues) {
  const auto with_delete = [this](const std::string& method) {
    ItemVersion version;
    version.methods = Cat("  option (rowkeeper.v1.repository).allow = \"everyone\";\n", method);
    version.rest = "option (rowkeeper.v1.access) = {units_of_work: \"everyone\"};";
    return Compile(version);
  };
  const SharedCatalogue open = with_delete("  rpc Delete(ItemId) returns (google.protobuf.Empty);");
  Create(1);
  Serve(open);
  const Unit unit(&server_);
  Serve(with_delete(R"(  rpc Delete(ItemId) returns (google.protobuf.Empty) {
    option (rowkeeper.v1.method).allow = "role:boss";
  })"));
  EXPECT_EQ(ReasonOf(Call(open, "ItemRepository.Delete", {{"id", "1"}}, unit.Inside())), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(ReasonOf(Call(open, "ItemRepository.GetById", {{"id", "1"}}, unit.Inside())), "OK");
  Serve(with_delete(""));
  EXPECT_EQ(ReasonOf(Call(open, "ItemRepository.Delete", {{"id", "1"}}, unit.Inside())), "OK") << "it is gone";
  EXPECT_TRUE(unit.Commit().ok());
}

TEST_F(ReloadTest, AMethodThatWouldStreamNeedsANewStart) {
  ItemVersion version = FirstVersion();
  version.methods =
      "  rpc Delete(ExportItems) returns (stream Exported) { option (rowkeeper.v1.method).operation = "
      "OPERATION_EXPORT; }";
  const SharedCatalogue third = Compile(version);
  ASSERT_NE(third, nullptr);
  const absl::Status refused = catalogue().Offer(third);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("start the server again"));
  EXPECT_FALSE(catalogue().Serve());
  EXPECT_TRUE(Eventually([] { return CatalogueGeneration::alive() == 1; }));
}

}  // namespace
}  // namespace rowkeeper::testing
