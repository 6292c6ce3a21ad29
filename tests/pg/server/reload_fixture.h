#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/app/server_process.h"
#include "server/base/text.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {

using SharedCatalogue = std::shared_ptr<const app::LoadedCatalogue>;

/// What an item is in one version of a catalogue, and what can be done with it.
struct ItemVersion {
  /// Fields in front of the others, so that these have other places.
  std::string fields;
  /// Of the repository, beside Create, GetById, List, Export and Import.
  std::string methods;
  /// More of the file.
  std::string rest;
};

inline std::string ItemProto(const ItemVersion& version) {
  return Cat(R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
import "rowkeeper/v1/annotations.proto";
message Item {
  option (rowkeeper.v1.entity) = {};
)",
             version.fields, R"(
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string name = 2 [(rowkeeper.v1.column) = {max_length: 20, sortable: true}];
  optional string note = 3;
}
service ItemRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Item";
  rpc Create(CreateItem) returns (Item);
  rpc GetById(ItemId) returns (Item);
  rpc List(ListItems) returns (Items);
  rpc Export(ExportItems) returns (stream Exported);
  rpc Import(stream ImportItems) returns (stream Imported);
)",
             version.methods, R"(
}
message CreateItem { Item item = 1; }
message ItemId { int64 id = 1; }
message ListItems { optional string name = 1; int32 page_size = 2; string page_token = 3; string order_by = 4; }
message Items { repeated Item items = 1; string next_page_token = 2; }
message ExportItems { string resume_token = 1; }
message Exported { repeated Item items = 1; string resume_token = 2; }
message ImportItems { repeated Item items = 1; }
message Imported { int64 imported = 1; int64 chunks = 2; }
)",
             version.rest);
}

/// Items can be deleted.
inline ItemVersion FirstVersion() { return {"", "  rpc Delete(ItemId) returns (google.protobuf.Empty);", ""}; }

/// They cannot any more, but they have a size, and there are boxes.
inline ItemVersion SecondVersion() {
  return {"  optional int32 size = 9 [(rowkeeper.v1.column).sortable = true];",
          "  rpc ListBySize(ListSizes) returns (Items);",
          R"(
message ListSizes { int32 size = 1; int32 page_size = 2; string page_token = 3; }
message Box {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string label = 2;
}
service BoxRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Box";
  rpc Create(CreateBox) returns (Box);
  rpc GetById(BoxId) returns (Box);
  rpc Export(ExportBoxes) returns (stream ExportedBoxes);
}
message CreateBox { Box box = 1; }
message BoxId { int64 id = 1; }
message ExportBoxes { string resume_token = 1; }
message ExportedBoxes { repeated Box boxes = 1; string resume_token = 2; }
)"};
}

/// A server of the first version, whose database has the tables of the second.
class ReloadTest : public ::testing::Test {
 protected:
  explicit ReloadTest(const InProcessServer::Options& options = SmallMessages())
      : second_(Compile(SecondVersion())),
        first_(Compile(FirstVersion())),
        server_(CompileProtoText(ItemProto(FirstVersion())), LeftEmpty(options)) {}

  static InProcessServer::Options SmallMessages() {
    InProcessServer::Options options;
    options.serve.streams.export_rows = 2;
    options.serve.units.idle_limit_s = 300;  // on machines that are slow, too
    options.serve.units.max_idle_limit_s = 300;
    options.serve.units.total_limit_s = 600;
    options.serve.units.busy_wait_s = 30;
    return options;
  }
  static InProcessServer::Options LeftEmpty(InProcessServer::Options options) {
    options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
    return options;
  }

  void SetUp() override {
    ASSERT_TRUE(server_.ok() && first_ != nullptr && second_ != nullptr);
    CreateSchema(*second_->catalogue, &server_.database());
    ASSERT_TRUE(Eventually([this] { return server_.IsServing(); }));
  }

  app::CatalogueSwitch& catalogue() { return server_.process().catalogue(); }

  /// Waits until it is served.
  void Serve(const SharedCatalogue& loaded) {
    const absl::Status offered = catalogue().Offer(loaded);
    ASSERT_TRUE(offered.ok()) << offered;
    ASSERT_TRUE(Eventually([this] { return catalogue().Serve(); })) << catalogue().Obstacle();
  }

  static const google::protobuf::MethodDescriptor& Method(const app::LoadedCatalogue& loaded, std::string_view name) {
    for (const auto& plan : loaded.plans) {
      if (EndsWithName(plan->full_name, name)) return *plan->method;
    }
    ADD_FAILURE() << "no " << name;
    return *loaded.plans.front()->method;
  }

  /// As a client of the catalogue `loaded`.
  absl::StatusOr<Json> Call(const SharedCatalogue& loaded, std::string_view method, const Json& request,
                            const CallOptions& options = CallOptions()) {
    return server_.CallMethod(Method(*loaded, method), request, options);
  }

  Json Create(int id, const Json& fields = Json::object()) {
    Json item = {{"id", std::to_string(id)}, {"name", Cat("item ", id)}};
    item.update(fields);
    const auto created = Call(first_, "ItemRepository.Create", {{"item", item}});
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? *created : Json();
  }

  /// Outlives the server's client.
  SharedCatalogue Compile(const ItemVersion& version) {
    kept_.emplace_back(WithPlans(CompileProtoText(ItemProto(version))));
    return kept_.back();
  }

 private:
  std::vector<SharedCatalogue> kept_;

 protected:
  const SharedCatalogue second_;
  const SharedCatalogue first_;
  InProcessServer server_;
};

}  // namespace rowkeeper::testing
