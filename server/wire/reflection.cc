#include "server/wire/reflection.h"

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "google/protobuf/descriptor.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.pb.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "rowkeeper/v1/annotations.pb.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/observe/counters.h"
#include "server/wire/callers.h"
#include "server/wire/permission.h"
#include "server/wire/reflected_fields.h"
#include "server/wire/reflection_index.h"
#include "server/wire/status.h"

namespace rowkeeper::wire {

/// Named, for members of Reflection::Impl have these types.
namespace reflection {

/// The two versions differ in their package alone.
struct V1 {
  using Service = grpc::reflection::v1::ServerReflection;
  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
};
struct V1Alpha {
  using Service = grpc::reflection::v1alpha::ServerReflection;
  using Request = grpc::reflection::v1alpha::ServerReflectionRequest;
  using Response = grpc::reflection::v1alpha::ServerReflectionResponse;
};

/// What is told of one catalogue. Immutable.
struct CatalogueState {
  /// Goes last, for the index points into what it keeps.
  std::shared_ptr<const void> owner;
  const policy::Policies* policies = nullptr;
  ReflectedFields fields;
  ReflectionIndex index;
  std::vector<std::string> services;
};
using SharedCatalogue = std::shared_ptr<const CatalogueState>;

/// What all streams read: they hold a catalogue for one answer at a time. Thread-safe.
class SharedState {
 public:
  explicit SharedState(SharedCatalogue first) : now_(std::move(first)) {}

  /// `*revision`: of which there is another one whenever the catalogue is another one.
  SharedCatalogue Get(uint64_t* revision = nullptr) const {
    const absl::ReaderMutexLock lock(&mutex_);
    if (revision != nullptr) *revision = revision_;
    return now_;
  }
  void Set(SharedCatalogue next) {
    const absl::MutexLock lock(&mutex_);
    now_.swap(next);
    ++revision_;
  }

 private:
  mutable absl::Mutex mutex_;
  SharedCatalogue now_ ABSL_GUARDED_BY(mutex_);
  uint64_t revision_ ABSL_GUARDED_BY(mutex_) = 1;
};

/// Answers the requests of one stream in turn. Not thread-safe.
template <typename Version>
class Answerer {
 public:
  Answerer(const SharedState* shared, identity::SharedIdentity caller) : shared_(*shared), caller_(std::move(caller)) {}

  /// Whether another catalogue is told of than by the last answer, if there was one: who may ask may be others.
  bool IsStale() const {
    uint64_t revision = 0;
    (void)shared_.Get(&revision);
    return revision_ != 0 && revision != revision_;
  }

  void Answer(const typename Version::Request& request, typename Version::Response* response) {
    response->Clear();
    response->set_valid_host(request.host());
    *response->mutable_original_request() = request;
    uint64_t revision = 0;
    const SharedCatalogue catalogue = shared_.Get(&revision);
    if (std::exchange(revision_, revision) != revision) sent_.clear();
    const ReflectionIndex& index = catalogue->index;
    const policy::FieldAccess access =
        catalogue->policies == nullptr ? policy::FieldAccess() : catalogue->policies->FieldsOf(caller_);
    const Asker asker{*catalogue, access};
    switch (request.message_request_case()) {
      case Version::Request::kFileByFilename:
        return AnswerFile(asker, index.FindFile(request.file_by_filename()), {"file ", request.file_by_filename()},
                          response);
      case Version::Request::kFileContainingSymbol:
        return AnswerFile(asker,
                          catalogue->fields.Tells(request.file_containing_symbol(), access)
                              ? index.FindSymbol(request.file_containing_symbol())
                              : nullptr,
                          {"symbol ", request.file_containing_symbol()}, response);
      case Version::Request::kFileContainingExtension: {
        const auto& extension = request.file_containing_extension();
        return AnswerFile(asker, index.FindExtension(extension.containing_type(), extension.extension_number()),
                          {Cat("extension ", extension.extension_number(), " of "), extension.containing_type()},
                          response);
      }
      case Version::Request::kAllExtensionNumbersOfType:
        return AnswerExtensionNumbers(index, request.all_extension_numbers_of_type(), response);
      case Version::Request::kListServices:
        for (const std::string& service : catalogue->services) {
          response->mutable_list_services_response()->add_service()->set_name(service);
        }
        return;
      case Version::Request::MESSAGE_REQUEST_NOT_SET:
        return Refuse(grpc::StatusCode::INVALID_ARGUMENT, "the request asks for nothing; set one of its fields",
                      response);
    }
  }

 private:
  static void Refuse(grpc::StatusCode code, std::string message, typename Version::Response* response) {
    response->mutable_error_response()->set_error_code(code);
    response->mutable_error_response()->set_error_message(std::move(message));
  }

  struct Sought {
    std::string kind;
    std::string name;
  };

  static void RefuseUnknown(std::string_view kind, std::string_view name, typename Version::Response* response) {
    Refuse(grpc::StatusCode::NOT_FOUND, Cat("there is no ", kind, ShortenUtf8(name, 200), " here"), response);
  }

  /// What is told of, and to whom.
  struct Asker {
    const CatalogueState& catalogue;
    const policy::FieldAccess& access;

    std::string Serialize(const ReflectionIndex::File& file) const { return catalogue.fields.Serialize(file, access); }
  };

  /// The file asked for first, then those of its imports that this stream did not get yet.
  void AnswerFile(const Asker& asker, const ReflectionIndex::File* file, const Sought& sought,
                  typename Version::Response* response) {
    if (file == nullptr) return RefuseUnknown(sought.kind, sought.name, response);
    auto* answer = response->mutable_file_descriptor_response();
    answer->add_file_descriptor_proto(asker.Serialize(*file));
    sent_.insert(file);
    std::deque<const ReflectionIndex::File*> queue = {file};
    absl::flat_hash_set<const ReflectionIndex::File*> seen = {file};
    for (; !queue.empty(); queue.pop_front()) {
      for (int i = 0; i < queue.front()->dependency_count(); ++i) {
        const ReflectionIndex::File* import = asker.catalogue.index.FindFile(queue.front()->dependency(i)->name());
        if (import == nullptr || !seen.insert(import).second) continue;
        queue.push_back(import);
        if (sent_.insert(import).second) answer->add_file_descriptor_proto(asker.Serialize(*import));
      }
    }
  }

  static void AnswerExtensionNumbers(const ReflectionIndex& index, const std::string& type,
                                     typename Version::Response* response) {
    if (!index.HasMessage(type)) return RefuseUnknown("message ", type, response);
    auto* answer = response->mutable_all_extension_numbers_response();
    answer->set_base_type_name(type);
    for (const int32_t number : index.ExtensionNumbers(type)) answer->add_extension_number(number);
  }

  const SharedState& shared_;
  /// Null: an anonymous one.
  const identity::SharedIdentity caller_;
  /// Of the catalogue of that revision.
  absl::flat_hash_set<const ReflectionIndex::File*> sent_;
  uint64_t revision_ = 0;
};

template <typename Version>
class Stream;

/// One whose caller is not let in.
template <typename Version>
class RefusedStream : public grpc::ServerBidiReactor<typename Version::Request, typename Version::Response> {
 public:
  explicit RefusedStream(const absl::Status& why) { this->Finish(ToGrpcStatus(why)); }
  void OnDone() override { delete this; }
};

template <typename Version>
class ReflectionService : public Version::Service::CallbackService {
 public:
  ReflectionService(const SharedState* shared, const Callers* callers) : shared_(shared), callers_(callers) {}

  grpc::ServerBidiReactor<typename Version::Request, typename Version::Response>* ServerReflectionInfo(
      grpc::CallbackServerContext* context) override {
    absl::StatusOr<identity::SharedIdentity> caller = CheckCaller(*context);
    if (!caller.ok()) return new RefusedStream<Version>(caller.status());
    auto* const stream = new Stream<Version>(this, {shared_, *std::move(caller)}, context);
    bool stopped;
    {
      absl::MutexLock lock(&mutex_);
      streams_.insert(stream);
      stopped = stopped_;
    }
    stream->Start();
    if (stopped) stream->Stop();
    return stream;
  }

  void Stop() {
    absl::MutexLock lock(&mutex_);  // holds off Remove, so that no stream is deleted meanwhile
    stopped_ = true;
    for (Stream<Version>* stream : streams_) stream->Stop();
  }

  void Remove(Stream<Version>* stream) {
    absl::MutexLock lock(&mutex_);
    streams_.erase(stream);
  }

  /// Who asks, if it may: null for an anonymous caller.
  absl::StatusOr<identity::SharedIdentity> CheckCaller(const grpc::CallbackServerContext& context) const {
    const SharedCatalogue catalogue = shared_->Get();
    const policy::Policies* const policies = catalogue->policies;
    if (callers_ == nullptr && policies == nullptr) return identity::SharedIdentity();
    auto caller = callers_ == nullptr ? identity::SharedIdentity() : callers_->Identify(context);
    absl::Status status = caller.status();
    if (status.ok() && policies != nullptr) {
      const policy::Subject subject = policies->Of(policy::Feature::kReflection);
      status = CheckPermission({policies, subject, Version::Service::service_full_name(), caller->get()}, context);
    }
    observe::Counters& counters = observe::Counters::Process();
    if (status.ok()) return caller;
    counters.CountRefusal(status, counters.UnknownMethod());
    return status;
  }

 private:
  const SharedState* const shared_;
  const Callers* const callers_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::set<Stream<Version>*> streams_ ABSL_GUARDED_BY(mutex_);
};

/// One open stream: reads a request, writes its answer, and so on.
template <typename Version>
class Stream : public grpc::ServerBidiReactor<typename Version::Request, typename Version::Response> {
 public:
  Stream(ReflectionService<Version>* service, Answerer<Version> answerer, const grpc::CallbackServerContext* context)
      : service_(service), context_(*context), answerer_(std::move(answerer)) {}

  void Start() { this->StartRead(&request_); }
  void Stop() { End(ToGrpcStatus(ShuttingDown())); }

 private:
  void OnReadDone(bool ok) override {
    if (!ok) return End(grpc::Status::OK);
    if (answerer_.IsStale()) {
      const auto caller = service_->CheckCaller(context_);
      if (!caller.ok()) return End(ToGrpcStatus(caller.status()));
    }
    answerer_.Answer(request_, &response_);
    absl::MutexLock lock(&mutex_);
    if (!finished_) this->StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return End(grpc::Status::CANCELLED);
    absl::MutexLock lock(&mutex_);
    if (!finished_) this->StartRead(&request_);
  }

  void OnCancel() override { End(grpc::Status::CANCELLED); }

  void OnDone() override {
    service_->Remove(this);
    delete this;
  }

  void End(const grpc::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (!std::exchange(finished_, true)) this->Finish(status);
  }

  ReflectionService<Version>* const service_;
  const grpc::CallbackServerContext& context_;
  Answerer<Version> answerer_;
  typename Version::Request request_;
  typename Version::Response response_;
  absl::Mutex mutex_;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

SharedCatalogue Gather(const ReflectedCatalogue& catalogue) {
  auto gathered = std::make_shared<CatalogueState>();
  CatalogueState& shared = *gathered;
  shared.owner = catalogue.owner;
  shared.policies = catalogue.policies;
  if (catalogue.catalogue != nullptr) shared.fields = ReflectedFields(*catalogue.catalogue);
  for (const auto* file : catalogue.files) shared.index.AddFile(*file);
  for (const auto* message :
       {grpc::health::v1::HealthCheckRequest::descriptor(), V1::Request::descriptor(), V1Alpha::Request::descriptor(),
        google::rpc::ErrorInfo::descriptor(), google::rpc::Status::descriptor(),
        rowkeeper::v1::ColumnOptions::descriptor(), rowkeeper::v1::BeginRequest::descriptor()}) {
    shared.index.AddFile(*message->file());
  }
  shared.services = catalogue.services;
  for (const char* own :
       {"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}) {
    shared.services.push_back(own);
  }
  std::sort(shared.services.begin(), shared.services.end());
  return gathered;
}

}  // namespace reflection

struct Reflection::Impl {
  explicit Impl(const ReflectionOptions& options)
      : shared(reflection::Gather(options.catalogue)),
        v1(&shared, options.callers),
        v1alpha(&shared, options.callers) {}

  reflection::SharedState shared;
  reflection::ReflectionService<reflection::V1> v1;
  reflection::ReflectionService<reflection::V1Alpha> v1alpha;
};

Reflection::Reflection(const ReflectionOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Reflection::~Reflection() = default;

std::vector<grpc::Service*> Reflection::services() { return {&impl_->v1, &impl_->v1alpha}; }

void Reflection::Replace(const ReflectedCatalogue& catalogue) { impl_->shared.Set(reflection::Gather(catalogue)); }

void Reflection::Stop() {
  impl_->v1.Stop();
  impl_->v1alpha.Stop();
}

}  // namespace rowkeeper::wire
