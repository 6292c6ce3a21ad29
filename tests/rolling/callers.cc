#include "tests/rolling/callers.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>

#include <chrono>
#include <optional>
#include <utility>

#include "rolling/v1/rolling.grpc.pb.h"
#include "rowkeeper/client/channel.h"
#include "rowkeeper/client/error_details.h"
#include "rowkeeper/client/run_in_unit_of_work.h"
#include "server/base/ids.h"
#include "server/base/text.h"

namespace rowkeeper::testing {
namespace {

namespace pb = ::rolling::v1;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Between two pieces of work, so that many callers fit on few processors.
constexpr milliseconds kPause{1};
constexpr auto kLongestWait = std::chrono::seconds(60);
constexpr int kParcels = 3000;

pb::CreateEntryRequest NewEntry(const std::string& mark) {
  pb::CreateEntryRequest request;
  request.mutable_entry()->set_mark(mark);
  return request;
}

pb::GetCounterByIdRequest CounterNumber(int id) {
  pb::GetCounterByIdRequest request;
  request.set_id(id);
  return request;
}

class Reader : public Caller {
 public:
  explicit Reader(const std::string& target) : counters_(ConnectTo(target)) {}
  std::string name() const override { return "read"; }
  absl::Status Work() override {
    return client::Call(&pb::CounterRepository::Stub::GetById, counters_, CounterNumber(1)).status();
  }

 private:
  pb::CounterRepository::Stub counters_;
};

class Newcomer : public Caller {
 public:
  explicit Newcomer(std::string target) : target_(std::move(target)) {}
  std::string name() const override { return "read over a new connection"; }
  absl::Status Work() override { return Reader(target_).Work(); }

 private:
  const std::string target_;
};

class Writer : public Caller {
 public:
  Writer(const std::string& target, Marks* written) : entries_(ConnectTo(target)), written_(*written) {}
  std::string name() const override { return "plain write"; }
  absl::Status Work() override { return Write({}); }

 protected:
  absl::Status Write(const client::CallOptions& options) {
    const std::string mark = RandomHex(8);
    const auto created = client::Call(&pb::EntryRepository::Stub::Create, entries_, NewEntry(mark), options);
    if (created.ok()) written_.Add(mark);
    return created.status();
  }

 private:
  pb::EntryRepository::Stub entries_;
  Marks& written_;
};

class KeyedWriter : public Writer {
 public:
  using Writer::Writer;
  std::string name() const override { return "keyed write"; }
  absl::Status Work() override {
    client::CallOptions once;
    once.idempotency_key = client::NewIdempotencyKey();
    once.lost_reply = client::CallOptions::LostReply::kSendAgain;
    return Write(once);
  }
};

class UnitCaller : public Caller {
 public:
  UnitCaller(const std::string& target, int counter, Marks* written)
      : channel_(ConnectTo(target)), counters_(channel_), entries_(channel_), counter_(counter), written_(*written) {}
  std::string name() const override { return "unit of work"; }

  absl::Status Work() override {
    const std::string mark = RandomHex(8);
    const absl::Status status =
        client::RunInUnitOfWork(channel_, {}, [&](client::UnitOfWork& unit) { return AddOne(unit, mark); });
    if (status.ok()) written_.Add(mark);
    return status;
  }

 private:
  absl::Status AddOne(client::UnitOfWork& unit, const std::string& mark) {
    const auto counter = unit.Call(&pb::CounterRepository::Stub::GetById, counters_, CounterNumber(counter_));
    if (!counter.ok()) return counter.status();
    std::this_thread::sleep_for(milliseconds(5));
    pb::UpdateCounterRequest update;
    update.mutable_counter()->set_id(counter_);
    update.mutable_counter()->set_value(counter->value() + 1);
    update.mutable_update_mask()->add_paths("value");
    const auto updated = unit.Call(&pb::CounterRepository::Stub::Update, counters_, update);
    if (!updated.ok()) return updated.status();
    return unit.Call(&pb::EntryRepository::Stub::Create, entries_, NewEntry(mark)).status();
  }

  const std::shared_ptr<grpc::Channel> channel_;
  pb::CounterRepository::Stub counters_;
  pb::EntryRepository::Stub entries_;
  const int counter_;
  Marks& written_;
};

/// With these the pages tell callers to go on with another stream, after the time that the server asks for. CANCELLED,
/// for this caller has not cancelled it.
bool WaitIfBroken(const absl::Status& status) {
  const client::ErrorDetails details = client::DetailsOf(status);
  const bool dropped = status.code() == absl::StatusCode::kCancelled && details.reason.empty();
  const bool refused = status.code() == absl::StatusCode::kResourceExhausted && details.retry_delay.has_value();
  if (refused) std::this_thread::sleep_for(*details.retry_delay);
  return status.code() == absl::StatusCode::kUnavailable || dropped || refused;
}

class Exporter : public Caller {
 public:
  explicit Exporter(const std::string& target) : parcels_(ConnectTo(target)) {}
  std::string name() const override { return "export"; }

  absl::Status Work() override {
    std::string token;
    int64_t last = 0;
    int rows = 0;
    const auto give_up = steady_clock::now() + kLongestWait;
    while (true) {
      grpc::ClientContext context;
      context.set_deadline(std::chrono::system_clock::now() + kLongestWait);
      pb::ExportParcelsRequest request;
      request.set_resume_token(token);
      const auto stream = parcels_.Export(&context, request);
      pb::ExportParcelsResponse message;
      while (stream->Read(&message)) {
        for (const pb::Parcel& parcel : message.parcels()) {
          if (parcel.id() <= last) return absl::InternalError("a row came twice");
          last = parcel.id();
          ++rows;
        }
        token = message.resume_token();
      }
      const absl::Status status = client::ToAbslStatus(stream->Finish());
      if (status.ok()) return rows == kParcels ? status : absl::InternalError(Cat(rows, " rows"));
      if (!WaitIfBroken(status) || steady_clock::now() > give_up) return status;
    }
  }

 private:
  pb::ParcelRepository::Stub parcels_;
};

class Importer : public Caller {
 public:
  explicit Importer(const std::string& target) : parcels_(ConnectTo(target)) {}
  std::string name() const override { return "import"; }

  absl::Status Work() override {
    int chunk = 0;
    const auto give_up = steady_clock::now() + kLongestWait;
    while (true) {
      const absl::Status status = Import(&chunk);
      if (!WaitIfBroken(status) || steady_clock::now() > give_up) return status;
    }
  }

 private:
  static constexpr int kChunks = 10;
  static constexpr int kRows = 20;

  absl::Status Import(int* chunk) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + kLongestWait);
    const auto stream = parcels_.Import(&context);
    for (; *chunk < kChunks; ++*chunk) {
      pb::ImportParcelsRequest request;
      for (int row = 0; row < kRows; ++row) {
        pb::Parcel* const parcel = request.add_parcels();
        parcel->set_id(1 + *chunk * kRows + row);
        parcel->set_weight(row);
      }
      pb::ImportParcelsResponse answer;
      if (!stream->Write(request) || !stream->Read(&answer)) break;
      std::this_thread::sleep_for(kPause);
    }
    stream->WritesDone();
    return client::ToAbslStatus(stream->Finish());
  }

  pb::ParcelRepository::Stub parcels_;
};

}  // namespace

void Marks::Add(const std::string& mark) {
  const std::lock_guard<std::mutex> lock(mutex_);
  marks_.insert(mark);
}

std::multiset<std::string> Marks::all() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return marks_;
}

std::shared_ptr<grpc::Channel> ConnectTo(const std::string& target) {
  grpc::ChannelArguments arguments = client::MakeChannelArguments();
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

std::unique_ptr<Caller> NewReader(const std::string& target) { return std::make_unique<Reader>(target); }

std::unique_ptr<Caller> NewNewcomer(const std::string& target) { return std::make_unique<Newcomer>(target); }

std::unique_ptr<Caller> NewWriter(const std::string& target, Marks* written) {
  return std::make_unique<Writer>(target, written);
}

std::unique_ptr<Caller> NewKeyedWriter(const std::string& target, Marks* written) {
  return std::make_unique<KeyedWriter>(target, written);
}

std::unique_ptr<Caller> NewUnitCaller(const std::string& target, int counter, Marks* written) {
  return std::make_unique<UnitCaller>(target, counter, written);
}

std::unique_ptr<Caller> NewExporter(const std::string& target) { return std::make_unique<Exporter>(target); }

std::unique_ptr<Caller> NewImporter(const std::string& target) { return std::make_unique<Importer>(target); }

void Workforce::Add(std::unique_ptr<Caller> caller) {
  desks_.push_back(std::make_unique<Desk>());
  Desk* const desk = desks_.back().get();
  desk->caller = std::move(caller);
  desk->thread = std::thread([this, desk] {
    while (!stop_) {
      const absl::Status status = desk->caller->Work();
      if (status.ok()) {
        ++desk->done;
      } else {
        ++desk->failed;
        ++desk->failures[Cat(desk->caller->name(), ": ", client::ReasonOf(status), " ",
                             status.ToString(absl::StatusToStringMode::kWithNoExtraData))];
      }
      std::this_thread::sleep_for(kPause);
    }
  });
}

void Workforce::Stop() {
  stop_ = true;
  for (const auto& desk : desks_) {
    if (desk->thread.joinable()) desk->thread.join();
  }
}

bool Workforce::Achieve(int pieces) const {
  const auto give_up = steady_clock::now() + kLongestWait;
  std::vector<int> goals;
  for (const auto& desk : desks_) goals.push_back(desk->done + pieces);
  for (size_t i = 0; i < desks_.size(); ++i) {
    while (desks_[i]->done < goals[i]) {
      if (steady_clock::now() > give_up) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
  }
  return true;
}

int Workforce::done_so_far() const {
  int sum = 0;
  for (const auto& desk : desks_) sum += desk->done;
  return sum;
}

int Workforce::failed_so_far() const {
  int sum = 0;
  for (const auto& desk : desks_) sum += desk->failed;
  return sum;
}

std::map<std::string, int> Workforce::failures() const {
  std::map<std::string, int> all;
  for (const auto& desk : desks_) {
    for (const auto& [what, times] : desk->failures) all[what] += times;
  }
  return all;
}

std::map<std::string, int> Workforce::done() const {
  std::map<std::string, int> all;
  for (const auto& desk : desks_) all[desk->caller->name()] += desk->done;
  return all;
}

}  // namespace rowkeeper::testing
