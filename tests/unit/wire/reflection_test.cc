#include "server/wire/reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

namespace reflection_v1 = grpc::reflection::v1;
namespace v1alpha = grpc::reflection::v1alpha;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorProto;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A catalogue that none of the generated code knows; its google/rpc/status.proto differs from the linked one.
constexpr const char* kFiles[] = {
    R"(name: "google/rpc/status.proto" package: "google.rpc" syntax: "proto3"
       message_type { name: "Status" field { name: "mine" number: 99 label: LABEL_OPTIONAL type: TYPE_STRING } })",
    R"(name: "shop/base.proto" package: "shop" syntax: "proto2"
       message_type { name: "Base" extension_range { start: 100 end: 200 } }
       enum_type { name: "Colour" value { name: "RED" number: 0 } })",
    R"(name: "shop/shop.proto" package: "shop" syntax: "proto2"
       dependency: "shop/base.proto" dependency: "google/rpc/status.proto"
       message_type { name: "Item" field { name: "id" number: 1 label: LABEL_OPTIONAL type: TYPE_STRING }
         nested_type { name: "Inner" } oneof_decl { name: "kind" }
         field { name: "a" number: 2 label: LABEL_OPTIONAL type: TYPE_STRING oneof_index: 0 }
         extension { name: "ext" number: 101 extendee: ".shop.Base" label: LABEL_OPTIONAL type: TYPE_INT32 } }
       extension { name: "far" number: 150 extendee: ".shop.Base" label: LABEL_OPTIONAL type: TYPE_STRING }
       service { name: "ItemRepository" method { name: "GetById" input_type: ".shop.Item" output_type: ".shop.Item" } })",
};

class ReflectionTest : public ::testing::Test {
 protected:
  ReflectionTest() {
    ReflectionOptions options;
    for (const char* text : kFiles) {
      FileDescriptorProto proto;
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &proto));
      const auto* file = pool_.BuildFile(proto);
      EXPECT_NE(file, nullptr);
      options.catalogue.files.push_back(file);
    }
    options.catalogue.services = {"shop.ItemRepository"};
    reflection_ = std::make_unique<Reflection>(options);
    server_ = std::make_unique<TestServer>(reflection_->services());
  }

  /// Sends all requests on one stream, and expects v1alpha to answer with the same bytes.
  std::vector<reflection_v1::ServerReflectionResponse> Ask(
      const std::vector<reflection_v1::ServerReflectionRequest>& requests) {
    std::vector<reflection_v1::ServerReflectionResponse> responses;
    grpc::ClientContext context;
    grpc::ClientContext alpha_context;
    const auto stub = reflection_v1::ServerReflection::NewStub(server_->channel());
    const auto alpha_stub = v1alpha::ServerReflection::NewStub(server_->channel());
    const auto stream = stub->ServerReflectionInfo(&context);
    const auto alpha_stream = alpha_stub->ServerReflectionInfo(&alpha_context);
    for (const auto& request : requests) {
      EXPECT_TRUE(stream->Write(request));
      EXPECT_TRUE(stream->Read(&responses.emplace_back()));
      v1alpha::ServerReflectionRequest alpha_request;
      v1alpha::ServerReflectionResponse alpha_response;
      EXPECT_TRUE(alpha_request.ParseFromString(request.SerializeAsString()));
      EXPECT_TRUE(alpha_stream->Write(alpha_request));
      EXPECT_TRUE(alpha_stream->Read(&alpha_response));
      EXPECT_EQ(alpha_response.SerializeAsString(), responses.back().SerializeAsString());
      EXPECT_EQ(responses.back().original_request().SerializeAsString(), request.SerializeAsString());
    }
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    alpha_stream->WritesDone();
    EXPECT_TRUE(alpha_stream->Finish().ok());
    return responses;
  }
  reflection_v1::ServerReflectionResponse AskOne(const reflection_v1::ServerReflectionRequest& request) {
    return Ask({request}).front();
  }

  DescriptorPool pool_;
  std::unique_ptr<Reflection> reflection_;
  std::unique_ptr<TestServer> server_;
};

reflection_v1::ServerReflectionRequest Symbol(const std::string& name) {
  reflection_v1::ServerReflectionRequest request;
  request.set_host("h");
  request.set_file_containing_symbol(name);
  return request;
}

reflection_v1::ServerReflectionRequest File(const std::string& name) {
  reflection_v1::ServerReflectionRequest request;
  request.set_file_by_filename(name);
  return request;
}

reflection_v1::ServerReflectionRequest Extension(const std::string& type, int number) {
  reflection_v1::ServerReflectionRequest request;
  request.mutable_file_containing_extension()->set_containing_type(type);
  request.mutable_file_containing_extension()->set_extension_number(number);
  return request;
}

std::vector<std::string> FileNames(const reflection_v1::ServerReflectionResponse& response) {
  std::vector<std::string> names;
  for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
    FileDescriptorProto proto;
    EXPECT_TRUE(proto.ParseFromString(bytes));
    names.push_back(proto.name());
  }
  return names;
}

TEST_F(ReflectionTest, ServicesAreTheRepositoriesHealthAndReflection) {
  reflection_v1::ServerReflectionRequest request;
  request.set_list_services("");
  std::vector<std::string> names;
  const auto response = AskOne(request);
  for (const auto& service : response.list_services_response().service()) names.push_back(service.name());
  EXPECT_THAT(names, ElementsAre("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                                 "grpc.reflection.v1alpha.ServerReflection", "shop.ItemRepository"));
}

TEST_F(ReflectionTest, EveryKindOfSymbolIsFound) {
  for (const char* name : {"shop.Item", "shop.Item.id", "shop.Item.Inner", "shop.Item.kind", "shop.ItemRepository",
                           "shop.ItemRepository.GetById", "shop.far", "shop.Item.ext"}) {
    const auto response = AskOne(Symbol(name));
    EXPECT_EQ(response.valid_host(), "h");
    EXPECT_THAT(FileNames(response), ElementsAre("shop/shop.proto", "shop/base.proto", "google/rpc/status.proto"))
        << name;
  }
  EXPECT_THAT(FileNames(AskOne(Symbol("shop.RED"))), ElementsAre("shop/base.proto"));
}

TEST_F(ReflectionTest, APackageIsNoSymbol) {
  for (const char* name : {"shop", "google.rpc", "rowkeeper.v1", ""}) {
    EXPECT_EQ(AskOne(Symbol(name)).error_response().error_code(), grpc::StatusCode::NOT_FOUND) << name;
  }
}

TEST_F(ReflectionTest, HealthErrorDetailsAndAnnotationsAreThere) {
  EXPECT_THAT(FileNames(AskOne(Symbol("grpc.health.v1.Health"))), ElementsAre("grpc/health/v1/health.proto"));
  EXPECT_THAT(FileNames(AskOne(Symbol("google.rpc.ErrorInfo"))),
              ElementsAre("google/rpc/error_details.proto", "google/protobuf/duration.proto"));
  EXPECT_THAT(FileNames(AskOne(File("rowkeeper/v1/annotations.proto"))), Contains("google/protobuf/descriptor.proto"));
  EXPECT_THAT(FileNames(AskOne(File("rowkeeper/v1/unit_of_work.proto"))), Contains("google/protobuf/any.proto"));
  EXPECT_THAT(FileNames(AskOne(Symbol("grpc.reflection.v1alpha.ServerReflection"))), Not(IsEmpty()));
}

TEST_F(ReflectionTest, TheCataloguesFileWinsOverOneOfTheSameName) {
  const auto response = AskOne(File("google/rpc/status.proto"));
  ASSERT_EQ(response.file_descriptor_response().file_descriptor_proto_size(), 1);
  EXPECT_THAT(response.file_descriptor_response().file_descriptor_proto(0), HasSubstr("mine"));
}

TEST_F(ReflectionTest, AnAnswerAloneIsEnoughToBuildAPool) {
  const auto response = AskOne(Symbol("shop.ItemRepository"));
  DescriptorPool pool;
  const auto& files = response.file_descriptor_response().file_descriptor_proto();
  for (auto bytes = files.rbegin(); bytes != files.rend(); ++bytes) {
    FileDescriptorProto proto;
    ASSERT_TRUE(proto.ParseFromString(*bytes));
    ASSERT_NE(pool.BuildFile(proto), nullptr) << proto.name();
  }
  EXPECT_NE(pool.FindMethodByName("shop.ItemRepository.GetById"), nullptr);
}

TEST_F(ReflectionTest, ImportsAreSentOncePerStreamButTheFileAskedForAlways) {
  const auto responses = Ask({Symbol("shop.Item"), Symbol("shop.Item"), File("shop/base.proto")});
  EXPECT_EQ(FileNames(responses[0]).size(), 3u);
  EXPECT_THAT(FileNames(responses[1]), ElementsAre("shop/shop.proto"));
  EXPECT_THAT(FileNames(responses[2]), ElementsAre("shop/base.proto"));
}

TEST_F(ReflectionTest, ExtensionsAreFoundByNumber) {
  EXPECT_EQ(FileNames(AskOne(Extension("shop.Base", 101))).front(), "shop/shop.proto");
  EXPECT_EQ(AskOne(Extension("shop.Base", 102)).error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  reflection_v1::ServerReflectionRequest numbers;
  numbers.set_all_extension_numbers_of_type("shop.Base");
  const auto response = AskOne(numbers);
  EXPECT_EQ(response.all_extension_numbers_response().base_type_name(), "shop.Base");
  EXPECT_THAT(response.all_extension_numbers_response().extension_number(), ElementsAre(101, 150));
  numbers.set_all_extension_numbers_of_type("shop.Item");
  EXPECT_EQ(AskOne(numbers).all_extension_numbers_response().extension_number_size(), 0);
  numbers.set_all_extension_numbers_of_type("shop.Nothing");
  EXPECT_EQ(AskOne(numbers).error_response().error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(ReflectionTest, WhatIsNotThereIsAnErrorResponseAndTheStreamGoesOn) {
  const auto responses = Ask({Symbol("shop.Nope"), File("nope.proto"), {}, Symbol("shop.Item")});
  EXPECT_EQ(responses[0].error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(responses[0].error_response().error_message(), "there is no symbol shop.Nope here");
  EXPECT_EQ(responses[1].error_response().error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(responses[2].error_response().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(FileNames(responses[3]), Not(IsEmpty()));
}

TEST_F(ReflectionTest, StopEndsOpenStreamsSoThatTheServerCanShutDown) {
  const auto stub = reflection_v1::ServerReflection::NewStub(server_->channel());
  grpc::ClientContext context;
  const auto stream = stub->ServerReflectionInfo(&context);
  ASSERT_TRUE(stream->Write(Symbol("shop.Item")));
  reflection_v1::ServerReflectionResponse response;
  ASSERT_TRUE(stream->Read(&response));
  reflection_->Stop();
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  grpc::ClientContext late_context;
  const auto late = stub->ServerReflectionInfo(&late_context);
  EXPECT_FALSE(late->Read(&response));
  EXPECT_EQ(late->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  const auto begin = std::chrono::steady_clock::now();
  server_->server().Shutdown(std::chrono::seconds(30));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

}  // namespace
}  // namespace rowkeeper::wire
