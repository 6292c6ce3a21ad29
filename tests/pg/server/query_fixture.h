#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/base/ids.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/in_process_server.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {

/// Entities that the queries of tests are about.
inline constexpr char kShop[] = R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
import "google/type/date.proto";
import "rowkeeper/v1/annotations.proto";
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; COLOR_BLUE = 2; }
message Maker {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string name = 2 [(rowkeeper.v1.column) = {max_length: 20, unique: true}];
}
message Product {
  option (rowkeeper.v1.entity) = {};
  string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];
  optional int64 maker_id = 2 [(rowkeeper.v1.column).references = "shop.v1.Maker"];
  string name = 3 [(rowkeeper.v1.column) = {max_length: 20}];
  int32 stock = 4;
  optional string note = 5;
  Color color = 6 [(rowkeeper.v1.column).default_value = "COLOR_RED"];
  optional google.protobuf.Timestamp deleted_at = 22 [(rowkeeper.v1.column).role = ROLE_DELETED_AT];
}
service MakerRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Maker";
  rpc Create(CreateMaker) returns (Maker);
  rpc GetById(GetMaker) returns (Maker);
}
message CreateMaker { Maker maker = 1; }
message GetMaker { int64 id = 1; }
message None {}
)";

/// A server whose repository of products has these methods beside Create, with the messages that they need.
class QueryServer {
 public:
  QueryServer(const std::string& methods, const std::string& messages,
              InProcessServer::Options options = InProcessServer::Options())
      : server_(CompileProtoText(std::string(kShop) + messages +
                                 "\nmessage CreateProduct { Product product = 1; }\nservice ProductRepository {\n"
                                 "  option (rowkeeper.v1.repository).entity = \"shop.v1.Product\";\n"
                                 "  rpc Create(CreateProduct) returns (Product);\n" +
                                 methods + "}\n"),
                std::move(options)) {}

  InProcessServer* operator->() { return &server_; }
  InProcessServer& operator*() { return server_; }

  absl::StatusOr<Json> Call(const std::string& method, const Json& request = Json::object()) {
    return server_.Call("ProductRepository." + method, request);
  }
  Json MustCall(const std::string& method, const Json& request = Json::object()) {
    return server_.MustCall("ProductRepository." + method, request);
  }
  /// The id of a new product.
  std::string NewProduct(const std::string& name, const Json& fields = Json::object()) {
    Json product = {{"name", name}};
    product.update(fields);
    return MustCall("Create", {{"product", product}}).value("id", "");
  }
  std::string Value(const std::string& sql) { return server_.database().Value(sql); }

 private:
  InProcessServer server_;
};

/// `rpc NAME(REQUEST) returns (RESPONSE)` with this SQL.
inline std::string Query(const std::string& signature, const std::string& sql, const std::string& more = "") {
  std::string escaped;
  for (const char c : sql) {
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
  }
  return "  rpc " + signature + " { option (rowkeeper.v1.method) = {sql: \"" + escaped + "\" " + more + "}; }\n";
}

}  // namespace rowkeeper::testing
