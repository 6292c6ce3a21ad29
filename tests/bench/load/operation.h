#pragma once

#include <grpcpp/client_context.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace rowkeeper::bench {

/// Who runs operations, one after the other. Rows that operations change belong to one seat each, so that seats do not
/// wait for each other's locks.
struct Seat {
  static constexpr int kRows = 16;

  int number = 0;
  /// Operations begun so far by all seats, and by this one.
  uint64_t operation = 0;
  uint64_t turn = 0;
  /// Of the unit of work that is open, which every step sends along; empty: none is.
  std::string handle;
  /// Versions of the seat's rows.
  std::array<int64_t, kRows> versions;

  Seat() { versions.fill(1); }
  int row() const { return static_cast<int>(turn % kRows); }
};

/// One call of an operation.
struct Step {
  /// "/package.Service/Method"
  std::string path;
  /// The serialized request.
  std::function<std::string(const Seat&)> request;
  /// Keeps what later steps need of the response.
  std::function<void(const std::string& response, Seat* seat)> keep = nullptr;
  std::function<void(const Seat&, grpc::ClientContext*)> headers = nullptr;
  /// Any other code is an error.
  grpc::StatusCode expected = grpc::StatusCode::OK;
};

/// Calls one after the other, timed as one.
using Operation = std::vector<Step>;

struct Load {
  std::vector<Operation> operations;
  /// Which of them comes next, by Seat::operation. Null: the first.
  std::function<size_t(uint64_t operation)> choose = nullptr;
};

}  // namespace rowkeeper::bench
