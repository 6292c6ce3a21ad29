#include "tests/hostile/abuse.h"

#include <chrono>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "tests/hostile/http2_client.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Client = std::unique_ptr<Http2Client>;

constexpr char kCreate[] = "/rolling.v1.EntryRepository/Create";
constexpr char kRead[] = "/rolling.v1.CounterRepository/GetById";
constexpr char kUpdate[] = "/rolling.v1.CounterRepository/Update";
constexpr char kImport[] = "/rolling.v1.ParcelRepository/Import";
constexpr char kExport[] = "/rolling.v1.ParcelRepository/Export";
constexpr char kBegin[] = "/rowkeeper.v1.UnitOfWork/Begin";
constexpr char kCommit[] = "/rowkeeper.v1.UnitOfWork/Commit";
constexpr char kWatch[] = "/grpc.health.v1.Health/Watch";

/// Between two deeds of one abuser: they are many, and the machine may be small.
constexpr milliseconds kRest{1000};
/// How long what is held is held.
constexpr milliseconds kHold{3000};

/// Whom to harm, and from where.
struct Target {
  std::string address;
  std::string source;
  const std::atomic<bool>& stop;

  Client Connect(Http2Client::Options options = {}) const {
    options.source = source;
    Client client = Http2Client::Connect(address, options);
    if (client != nullptr) client->AddPreface();
    return client;
  }
  void Sleep(milliseconds time) const {
    for (const auto end = steady_clock::now() + time; !stop && steady_clock::now() < end;) {
      std::this_thread::sleep_for(milliseconds(20));
    }
  }
};

/// Field `number` with `bytes`.
std::string Field(int number, const std::string& bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  size_t size = bytes.size();
  for (; size >= 128; size /= 128) out.push_back(static_cast<char>(size % 128 + 128));
  out.push_back(static_cast<char>(size));
  return out + bytes;
}

/// Opens a call with all of `message`; the answer is read by nobody in particular.
void AddCall(Http2Client* client, const char* path, const std::string& message, const HeaderList& headers = {}) {
  const uint32_t stream = client->NextStream();
  client->AddRequest(stream, path, kNoFlags, headers);
  client->AddMessage(stream, message, kEndStream);
}

void Reset(const Target& target) {
  const Client client = target.Connect();
  for (int burst = 0; client != nullptr && burst < 20 && !target.stop; ++burst) {
    for (int i = 0; i < 100; ++i) {
      const uint32_t stream = client->NextStream();
      client->AddRepeatedRequest(stream, kRead, kNoFlags);
      client->AddReset(stream);
    }
    if (!client->Send(seconds(1))) return;
  }
}

void FloodWith(const Target& target, const std::function<void(Http2Client*)>& add) {
  const Client client = target.Connect();
  for (int burst = 0; client != nullptr && burst < 20 && !target.stop; ++burst) {
    for (int i = 0; i < 200; ++i) add(client.get());
    if (!client->Send(seconds(1))) return;
  }
}

void FloodWithPings(const Target& target) {
  FloodWith(target, [](Http2Client* client) { client->AddFrame(FrameType::kPing, kNoFlags, 0, "12345678"); });
}

void FloodWithSettings(const Target& target) {
  FloodWith(target, [](Http2Client* client) { client->AddFrame(FrameType::kSettings, kNoFlags, 0, ""); });
}

void NeverAcknowledge(const Target& target) {
  Http2Client::Options options;
  options.settings = Http2Client::Settings::kNeverAcknowledge;
  const Client client = target.Connect(options);
  for (int i = 0; client != nullptr && i < 3000 && !target.stop; ++i) {
    client->AddRepeatedRequest(client->NextStream(), kRead, kNoFlags);
    if (i % 100 == 0 && !client->Send(seconds(1))) return;
  }
  target.Sleep(kHold);
}

void SayNothing(const Target& target) {
  Http2Client::Options options;
  options.source = target.source;
  std::vector<Client> silent;
  for (int i = 0; i < 50; ++i) silent.push_back(Http2Client::Connect(target.address, options));
  target.Sleep(kHold);
}

void SayNonsense(const Target& target) {
  Http2Client::Options options;
  options.source = target.source;
  const Client client = Http2Client::Connect(target.address, options);
  if (client == nullptr) return;
  client->AddBytes(RandomHex(5000));
  client->Send(seconds(1));
  client->WaitUntilClosed(kHold);
}

/// Exports and a Watch whose answers nobody takes.
void ReadNothing(const Target& target) {
  Http2Client::Options options;
  options.reading = Http2Client::Reading::kNeverReads;
  options.window = 100;
  const Client client = target.Connect(options);
  if (client == nullptr) return;
  for (int i = 0; i < 20; ++i) AddCall(client.get(), kExport, "");
  AddCall(client.get(), kWatch, "");
  client->Send(seconds(1));
  target.Sleep(kHold);
}

void SendHalfCalls(const Target& target) {
  const Client client = target.Connect();
  for (int i = 0; client != nullptr && i < 500; ++i) {
    client->AddRepeatedRequest(client->NextStream(), i % 2 == 0 ? kCreate : kImport, kNoFlags);
  }
  if (client == nullptr || !client->Send(seconds(1))) return;
  target.Sleep(kHold);
}

/// Just below the limit of a request, and above it; none can be executed.
void SendMuch(const Target& target) {
  const Client client = target.Connect();
  for (int i = 0; client != nullptr && i < 4 && !target.stop; ++i) {
    AddCall(client.get(), kCreate, std::string((i % 2 == 0 ? 3 : 5) << 20, '\xff'));
    if (!client->Send(seconds(5))) return;
  }
  if (client != nullptr) client->Read(kHold);
}

void Compress(const Target& target) {
  const Client client = target.Connect();
  for (int i = 0; client != nullptr && i < 20; ++i) {
    AddCall(client.get(), kCreate, std::string(10000, '\x1f'), {{"grpc-encoding", "gzip"}});
  }
  if (client != nullptr && client->Send(seconds(1))) client->Read(kHold);
}

/// Tokens, handles and keys that nobody gave out, and headers that are none.
void Forge(const Target& target) {
  const Client client = target.Connect();
  if (client == nullptr) return;
  for (int i = 0; i < 50; ++i) {
    const std::string forged = RandomHex(100);
    AddCall(client.get(), kExport, Field(1, forged));
    AddCall(client.get(), kCommit, Field(1, forged));
    AddCall(client.get(), kUpdate, "", {{"rowkeeper-unit-of-work", forged}});
    AddCall(client.get(), kCreate, Field(1, Field(2, "")), {{"idempotency-key", std::string(300, 'k')}});
    AddCall(client.get(), kCreate, forged, {{"rowkeeper-nonsense", forged}});
    AddCall(client.get(), kRead, forged, {{"x-large", std::string(5000, 'x')}});
  }
  if (client->Send(seconds(5))) target.Sleep(milliseconds(500));
}

void SpoilBinaryHeaders(const Target& target) {
  const Client client = target.Connect();
  if (client == nullptr) return;
  AddCall(client.get(), kRead, "", {{"spoilt-bin", "%%%"}});
  client->Send(seconds(1));
  client->WaitUntilClosed(kHold);
}

/// Units that nobody uses or ends, each of which holds a connection of the pool until its lease is over.
void HoardUnits(const Target& target) {
  const Client client = target.Connect();
  if (client == nullptr) return;
  for (int i = 0; i < 30; ++i) AddCall(client.get(), kBegin, "");
  client->Send(seconds(1));
  target.Sleep(kHold);
}

/// Calls whose callers are gone at once.
void HangUp(const Target& target) {
  for (int i = 0; i < 20 && !target.stop; ++i) {
    const Client client = target.Connect();
    if (client == nullptr) return;
    AddCall(client.get(), kExport, "");
    AddCall(client.get(), kRead, "\x08\x01");
    client->Send(seconds(1));
  }
}

/// As many calls as a connection may have, again and again.
void CallTooOften(const Target& target) {
  const Client client = target.Connect();
  for (int burst = 0; client != nullptr && burst < 5 && !target.stop; ++burst) {
    for (int i = 0; i < 300; ++i) AddCall(client.get(), kRead, "\x08\x01");
    if (!client->Send(seconds(5))) return;
    client->Read(seconds(1));
    target.Sleep(milliseconds(200));
  }
}

struct Kind {
  const char* name;
  void (*abuse)(const Target& target);
};

constexpr Kind kKinds[] = {
    {"resets", &Reset},
    {"pings", &FloodWithPings},
    {"settings", &FloodWithSettings},
    {"unacknowledged settings", &NeverAcknowledge},
    {"silent connections", &SayNothing},
    {"nonsense", &SayNonsense},
    {"slow readers", &ReadNothing},
    {"half calls", &SendHalfCalls},
    {"large requests", &SendMuch},
    {"compressed requests", &Compress},
    {"forged tokens and headers", &Forge},
    {"spoilt binary headers", &SpoilBinaryHeaders},
    {"hoarded units", &HoardUnits},
    {"callers who hang up", &HangUp},
    {"bursts of calls", &CallTooOften},
};

}  // namespace

Abusers::Abusers(const std::string& address) {
  int host = 2;
  for (const Kind& kind : kKinds) {
    abusers_.push_back(std::make_unique<Abuser>());
    Abuser* const abuser = abusers_.back().get();
    abuser->name = kind.name;
    abuser->thread = std::thread([this, abuser, abuse = kind.abuse, address, source = Cat("127.0.0.", host++)] {
      const Target target{address, source, stop_};
      for (; !stop_; ++abuser->times) {
        abuse(target);
        target.Sleep(kRest);
      }
    });
  }
}

void Abusers::Stop() {
  stop_ = true;
  for (const auto& abuser : abusers_) {
    if (abuser->thread.joinable()) abuser->thread.join();
  }
}

std::map<std::string, int> Abusers::times() const {
  std::map<std::string, int> all;
  for (const auto& abuser : abusers_) all[abuser->name] = abuser->times;
  return all;
}

}  // namespace rowkeeper::testing
