// Reflection tells a caller of the fields that it may read.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <grpcpp/client_context.h>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "tests/pg/server/field_fixture.h"

namespace rowkeeper::testing {
namespace {

namespace pb = google::protobuf;

class FieldReflectionTest : public FieldRulesTest {
 protected:
  static grpc::reflection::v1::ServerReflectionResponse Ask(const std::string& symbol, const CallOptions& as) {
    grpc::ClientContext context;
    for (const auto& [name, value] : as.headers) context.AddMetadata(name, value);
    const auto stub = grpc::reflection::v1::ServerReflection::NewStub(server().channel());
    const auto stream = stub->ServerReflectionInfo(&context);
    grpc::reflection::v1::ServerReflectionRequest request;
    request.set_file_containing_symbol(symbol);
    grpc::reflection::v1::ServerReflectionResponse response;
    EXPECT_TRUE(stream->Write(request) && stream->Read(&response));
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
    return response;
  }

  /// The fields of a message, as a client makes them of what it was sent.
  static std::vector<std::string> FieldsOf(const std::string& message, const CallOptions& as) {
    const auto response = Ask(message, as);
    std::map<std::string, pb::FileDescriptorProto> files;
    for (const std::string& bytes : response.file_descriptor_response().file_descriptor_proto()) {
      pb::FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      files[file.name()] = file;
    }
    pb::DescriptorPool pool;
    const std::function<void(const pb::FileDescriptorProto&)> build = [&](const pb::FileDescriptorProto& file) {
      if (pool.FindFileByName(file.name()) != nullptr) return;
      for (const std::string& import : file.dependency()) build(files[import]);
      EXPECT_NE(pool.BuildFile(file), nullptr) << file.name();
    };
    for (const auto& [name, file] : files) build(file);
    const pb::Descriptor* const found = pool.FindMessageTypeByName(message);
    std::vector<std::string> fields;
    for (int i = 0; found != nullptr && i < found->field_count(); ++i) fields.push_back(found->field(i)->name());
    return fields;
  }
};

TEST_F(FieldReflectionTest, FieldsThatMayNotBeReadAreNotThere) {
  EXPECT_THAT(
      FieldsOf("shop.v1.Person", Staff()),
      ::testing::ElementsAre("id", "name", "rank", "department_id", "phone", "mail", "car", "version", "department"));
  EXPECT_THAT(FieldsOf("shop.v1.Department", Staff()), ::testing::ElementsAre("id", "name", "people"));
  EXPECT_EQ(FieldsOf("shop.v1.Person", Hr()).size(), 17u);
  EXPECT_EQ(FieldsOf("shop.v1.Department", Hr()).size(), 6u);
}

TEST_F(FieldReflectionTest, NoFileHasTheirSymbols) {
  for (const char* const hidden : {"shop.v1.Person.salary", "shop.v1.Person.manager"}) {
    EXPECT_TRUE(Ask(hidden, Hr()).has_file_descriptor_response()) << hidden;
    EXPECT_EQ(Ask(hidden, Staff()).error_response().error_code(), grpc::StatusCode::NOT_FOUND) << hidden;
  }
  EXPECT_TRUE(Ask("shop.v1.Person.rank", Staff()).has_file_descriptor_response());
}

}  // namespace
}  // namespace rowkeeper::testing
