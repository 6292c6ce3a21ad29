#include "server/app/reflection_client.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "server/base/clock.h"
#include "server/base/text.h"
#include "server/wire/status.h"

namespace rowkeeper::app {
namespace {

namespace reflection = grpc::reflection::v1;

absl::StatusOr<reflection::ServerReflectionResponse> AskReflection(const std::shared_ptr<grpc::Channel>& channel,
                                                                   std::chrono::milliseconds timeout,
                                                                   const std::string& authorization,
                                                                   const reflection::ServerReflectionRequest& request) {
  grpc::ClientContext context;
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
  // gRPC counts by the wall clock.
  context.set_deadline(Clock::System().WallNow() + timeout);
  const auto stub = reflection::ServerReflection::NewStub(channel);
  const auto stream = stub->ServerReflectionInfo(&context);
  reflection::ServerReflectionResponse response;
  const bool answered = stream->Write(request) && stream->WritesDone() && stream->Read(&response);
  const grpc::Status status = stream->Finish();
  if (!answered || !status.ok()) {
    if (status.ok()) return absl::UnavailableError("the server did not answer through reflection");
    return wire::FromGrpcStatus(status);
  }
  if (response.has_error_response()) return absl::NotFoundError(response.error_response().error_message());
  return response;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReflectionClient::ListServices() {
  reflection::ServerReflectionRequest request;
  request.set_list_services("");
  const auto response = AskReflection(channel_, timeout_, authorization_, request);
  if (!response.ok()) return response.status();
  std::vector<std::string> names;
  for (const auto& service : response->list_services_response().service()) names.push_back(service.name());
  return names;
}

absl::StatusOr<std::string> ReflectionClient::ResolveService(const std::string& ending) {
  const auto services = ListServices();
  if (!services.ok()) return services.status();
  std::vector<std::string> found;
  std::copy_if(services->begin(), services->end(), std::back_inserter(found),
               [&ending](const std::string& name) { return EndsWithName(name, ending); });
  if (found.size() == 1) return found[0];
  return absl::NotFoundError(Cat(found.empty() ? "there is no service \"" : "more than one service is called \"",
                                 ending, "\"; the services are ",
                                 absl::StrJoin(found.empty() ? *services : found, ", ")));
}

absl::Status ReflectionClient::LoadFilesOf(const std::string& symbol) {
  reflection::ServerReflectionRequest request;
  request.set_file_containing_symbol(symbol);
  const auto response = AskReflection(channel_, timeout_, authorization_, request);
  if (!response.ok()) return response.status();
  for (const std::string& bytes : response->file_descriptor_response().file_descriptor_proto()) {
    FileProto file;
    if (!file.ParseFromString(bytes)) {
      return absl::DataLossError("the server sent a file descriptor that does not parse");
    }
    FileProto known;
    if (!files_.FindFileByName(file.name(), &known)) files_.Add(file);
  }
  return absl::OkStatus();
}

/// The server sends a file's imports with it.
bool ReflectionClient::FindFileByName(const std::string& name, FileProto* file) {
  return files_.FindFileByName(name, file);
}

bool ReflectionClient::FindFileContainingSymbol(const std::string& symbol, FileProto* file) {
  if (files_.FindFileContainingSymbol(symbol, file)) return true;
  return LoadFilesOf(symbol).ok() && files_.FindFileContainingSymbol(symbol, file);
}

absl::StatusOr<const google::protobuf::MethodDescriptor*> ReflectionClient::FindMethod(const std::string& name) {
  std::string dotted = name;
  std::replace(dotted.begin(), dotted.end(), '/', '.');
  const size_t last = dotted.rfind('.');
  if (last == std::string::npos || last == 0) {
    return absl::InvalidArgumentError(Cat("\"", name, "\" is not a method; write Service.Method"));
  }
  const auto service_name = ResolveService(dotted.substr(dotted[0] == '.' ? 1 : 0, last));
  if (!service_name.ok()) return service_name.status();
  const absl::Status status = LoadFilesOf(*service_name);
  if (!status.ok()) return status;
  const auto* service = pool_.FindServiceByName(*service_name);
  if (service == nullptr) return absl::NotFoundError(Cat("the server does not describe ", *service_name));
  if (const auto* method = service->FindMethodByName(dotted.substr(last + 1))) return method;
  std::vector<std::string> methods;
  for (int i = 0; i < service->method_count(); ++i) methods.push_back(service->method(i)->name());
  return absl::NotFoundError(
      Cat(*service_name, " has no method \"", dotted.substr(last + 1), "\"; it has ", absl::StrJoin(methods, ", ")));
}

}  // namespace rowkeeper::app
