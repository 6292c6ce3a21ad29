#include "server/db/answer_reader.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <new>
#include <optional>
#include <utility>

#include "server/db/abort_socket.h"

namespace rowkeeper::db {
namespace {

/// What answers are charged by, so that small ones cost nothing.
constexpr size_t kChargeStep = 64 << 10;
/// How much may still come of an answer that was stopped: what the buffers of both sides hold, and the rest of a row.
constexpr size_t kLeastAfterStop = 16 << 20;
/// GSSAPI's library may hold input that neither poll nor we can see.
constexpr std::chrono::milliseconds kGssPollInterval{10};

/// Whether there is input that OpenSSL has taken off the socket, where poll does not see it.
bool HasDecryptedInput(PGconn* connection) {
  auto* const ssl = static_cast<SSL*>(PQsslStruct(connection, "OpenSSL"));
  return ssl != nullptr && SSL_pending(ssl) > 0;
}

void AwaitInput(PGconn* connection) {
  const int socket = PQsocket(connection);
  if (socket < 0 || HasDecryptedInput(connection)) return;
  pollfd fd{socket, POLLIN, 0};
  poll(&fd, 1, PQgssEncInUse(connection) != 0 ? static_cast<int>(kGssPollInterval.count()) : -1);
}

/// Bytes that have come and that nobody has read.
size_t WaitingOn(int socket) {
  int bytes = 0;
  if (ioctl(socket, FIONREAD, &bytes) != 0 || bytes < 0) return 0;
  return static_cast<size_t>(bytes);
}

/// The bytes that come on a socket, while libpq reads them. It does not say how many it reads at a time.
class Arrivals {
 public:
  explicit Arrivals(int socket) : socket_(socket) {}

  /// Before libpq reads: what has come since the last time, as far as it is not known.
  size_t BeforeReading() {
    waiting_ = WaitingOn(socket_);
    // Most answers come at once and are small; nobody needs to know exactly how small.
    small_ = std::exchange(first_, false) && waiting_ < kChargeStep;
    return small_ ? waiting_ : NewBytes().value_or(0);
  }

  /// After it: what came meanwhile, for libpq goes on reading while it has room. On a socket that does not count, about
  /// what it has read.
  size_t AfterReading() {
    if (small_) return 0;
    if (const std::optional<size_t> more = NewBytes()) return *more;
    const size_t left = WaitingOn(socket_);
    return left < waiting_ ? waiting_ - left : std::min(waiting_, kLeastRead);
  }

 private:
  /// libpq always has room for that many.
  static constexpr size_t kLeastRead = 8192;
  static constexpr uint64_t kUnknown = ~uint64_t{0};

  /// Since the last time that it was asked; none where the socket does not count.
  std::optional<size_t> NewBytes() {
    const std::optional<uint64_t> received = Received();
    if (!received) return std::nullopt;
    const size_t more = received_ != kUnknown ? *received - received_ : waiting_;
    received_ = *received;
    return more;
  }

  /// Since the connection was made; none on a unix socket.
  std::optional<uint64_t> Received() const {
    tcp_info info{};
    socklen_t size = sizeof(info);
    if (getsockopt(socket_, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
    if (size < offsetof(tcp_info, tcpi_bytes_received) + sizeof(info.tcpi_bytes_received)) return std::nullopt;
    return info.tcpi_bytes_received;
  }

  const int socket_;
  size_t waiting_ = 0;
  bool first_ = true;
  bool small_ = false;
  uint64_t received_ = kUnknown;
};

/// Nothing is read meanwhile, so PostgreSQL has to wait.
void Count(size_t more, AnswerMeter* meter, absl::FunctionRef<void()> stop) {
  const bool went_on = meter->excess() == AnswerMeter::Excess::kNone;
  meter->Add(more);
  if (went_on && meter->excess() != AnswerMeter::Excess::kNone && !meter->drops()) stop();
}

/// Reads until libpq has a result to give, or sees the connection lost.
void AwaitResult(PGconn* connection, Arrivals* arrivals, AnswerMeter* meter, absl::FunctionRef<void()> stop) {
  while (PQisBusy(connection) != 0) {
    AwaitInput(connection);
    Count(arrivals->BeforeReading(), meter, stop);
    if (meter->hopeless()) {
      AbortSocket(PQsocket(connection));
      meter->NoteCut();
    }
    if (PQconsumeInput(connection) == 0) return;
    Count(arrivals->AfterReading(), meter, stop);
  }
}

bool IsCopy(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH;
}

/// Rows that come one by one.
class GatheredRows {
 public:
  void Add(const PGresult* row) {
    if (rows_ == nullptr) rows_.reset(PQcopyResult(row, PG_COPYRES_ATTRS));
    bool added = rows_ != nullptr;
    const int place = added ? PQntuples(rows_.get()) : 0;
    for (int column = 0; added && column < PQnfields(row); ++column) {
      const bool null = PQgetisnull(row, 0, column) != 0;
      added = PQsetvalue(rows_.get(), place, column, null ? nullptr : PQgetvalue(row, 0, column),
                         null ? -1 : PQgetlength(row, 0, column)) != 0;
    }
    if (!added) throw std::bad_alloc();
  }

  /// `last`: the result that ends the answer.
  PgResult Gathered(PgResult last) {
    const bool good = PQresultStatus(last.get()) == PGRES_TUPLES_OK;
    return good && rows_ != nullptr ? std::move(rows_) : std::move(last);
  }

 private:
  PgResult rows_;
};

}  // namespace

void AnswerMeter::Add(size_t more) {
  bytes_ += more;
  uncharged_ += more;
  if (excess_ != Excess::kNone && drops()) return;
  if (excess_ == Excess::kNone && options_.most_bytes > 0 && bytes_ > options_.most_bytes) {
    excess_ = Excess::kTooLarge;
    end_ = bytes_ + std::max(options_.most_bytes, kLeastAfterStop);
  }
  if (uncharged_ < kChargeStep) return;
  const size_t due = std::exchange(uncharged_, 0);
  if (options_.owner != nullptr && !charge_.has_account()) charge_.SetAccount(options_.owner->Account());
  const bool may_stop = excess_ == Excess::kNone && options_.excessive == Options::Excessive::kStop;
  if (!may_stop) return charge_.GrowAnyway(due);
  room_ = charge_.Grow(due);
  if (room_ == MemoryBudget::Room::kEnough) return;
  charge_.GrowAnyway(due);
  excess_ = Excess::kMemoryFull;
  end_ = bytes_ + kLeastAfterStop;
}

EarlyAnswer::EarlyAnswer(size_t most_bytes)
    : most_bytes_(most_bytes > 0 ? std::min(most_bytes, kChargeStep) : kChargeStep) {}

void EarlyAnswer::TakeResults(PGconn* connection) {
  while (!ended_ && PQisBusy(connection) == 0) {
    PgResult next(PQgetResult(connection));
    ended_ = next == nullptr || IsCopy(next.get());
    if (next != nullptr) result_ = std::move(next);
  }
}

EarlyAnswer::State EarlyAnswer::Read(PGconn* connection) {
  do {
    const size_t more = WaitingOn(PQsocket(connection));
    if (bytes_ + more > most_bytes_ || PQconsumeInput(connection) == 0) return State::kOther;
    bytes_ += more;
    TakeResults(connection);
  } while (!ended_ && HasDecryptedInput(connection));  // nobody would be told of it
  const bool has_rows = result_ != nullptr && PQresultStatus(result_.get()) == PGRES_TUPLES_OK;
  if (ended_) return has_rows ? State::kWhole : State::kOther;
  return result_ == nullptr || has_rows ? State::kUnderWay : State::kOther;
}

PgResult ReadAnswer(PGconn* connection, AnswerMeter* meter, absl::FunctionRef<void()> stop, EarlyAnswer early) {
  PgResult last = early.TakeResult();
  if (early.ended()) return last;  // what has ended cannot be stopped
  Arrivals arrivals(PQsocket(connection));
  Count(early.bytes(), meter, stop);
  std::optional<GatheredRows> rows;
  if (meter->drops() && PQsetSingleRowMode(connection) != 0) rows.emplace();
  while (true) {
    AwaitResult(connection, &arrivals, meter, stop);
    PgResult next(PQgetResult(connection));
    if (next == nullptr) return rows.has_value() ? rows->Gathered(std::move(last)) : std::move(last);
    if (PQresultStatus(next.get()) == PGRES_SINGLE_TUPLE) {
      if (meter->excess() == AnswerMeter::Excess::kNone) rows->Add(next.get());
      continue;
    }
    last = std::move(next);
    if (IsCopy(last.get())) return last;
  }
}

}  // namespace rowkeeper::db
