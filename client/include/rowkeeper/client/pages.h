#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/repeated_ptr_field.h>

#include <cstddef>
#include <functional>
#include <iterator>
#include <utility>

#include "rowkeeper/client/call.h"

namespace rowkeeper::client {

/// The rows of a List method from all its pages, to be read once, one after the other. A page is fetched when the rows
/// of the one before are used up. An error ends the loop; ask for it afterwards.
///
///   auto accounts = List(&AccountRepository::Stub::ListByOwner, stub, request,
///   &ListAccountsResponse::mutable_accounts); for (Account& account : accounts) { … } if (!accounts.status().ok())
///   return accounts.status();
///
/// Each page is a call of its own; what others commit between two of them shows, unless a unit of work with repeatable
/// read makes them. For one thread. A row may be moved from; it lives until the iterator moves on.
template <typename Request, typename Response, typename Row>
class [[nodiscard]] RowRange {
 public:
  using Fetch = std::function<absl::StatusOr<Response>(const Request&)>;
  using RowsOf = google::protobuf::RepeatedPtrField<Row>* (Response::*)();

  class iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Row;
    using difference_type = std::ptrdiff_t;
    using pointer = Row*;
    using reference = Row&;

    Row& operator*() const { return *range_->row(); }
    Row* operator->() const { return range_->row(); }
    iterator& operator++() {
      ++range_->next_;
      if (!range_->HasRow()) range_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& a, const iterator& b) { return a.range_ == b.range_; }
    friend bool operator!=(const iterator& a, const iterator& b) { return a.range_ != b.range_; }

   private:
    friend class RowRange;
    explicit iterator(RowRange* range) : range_(range) {}
    RowRange* range_;
  };

  /// `rows` names the rows in a response; `fetch` makes the call. `request` may hold a page size and a token to start
  /// from.
  RowRange(Request request, RowsOf rows, Fetch fetch)
      : request_(std::move(request)), rows_(rows), fetch_(std::move(fetch)) {}

  /// Fetches the first page, or goes on where an earlier loop was left.
  iterator begin() { return iterator(HasRow() ? this : nullptr); }
  iterator end() { return iterator(nullptr); }

  /// OK unless a page could not be fetched.
  const absl::Status& status() const { return status_; }

 private:
  Row* row() { return (page_.*rows_)()->Mutable(next_); }

  /// Fetches until there is a row, the last page is used up or a call fails.
  bool HasRow() {
    while (next_ >= (page_.*rows_)()->size()) {
      if (last_ || !status_.ok()) return false;
      FetchPage();
    }
    return true;
  }

  void FetchPage() {
    next_ = 0;
    page_.Clear();
    absl::StatusOr<Response> page = fetch_(request_);
    status_ = page.status();
    if (!status_.ok()) return;
    page_ = *std::move(page);
    last_ = page_.next_page_token().empty();
    request_.set_page_token(page_.next_page_token());
  }

  Request request_;
  RowsOf rows_;
  Fetch fetch_;
  Response page_;
  int next_ = 0;
  bool last_ = false;
  absl::Status status_;
};

/// The rows of a List method, outside of any unit of work. `stub` is a generated stub or a pointer to it, and outlives
/// the range. `options` are those of each page's call.
template <typename Stub, typename Request, typename Response, typename StubPointer, typename Row>
RowRange<Request, Response, Row> List(StubMethod<Stub, Request, Response> method, StubPointer& stub,
                                      const Request& request,
                                      google::protobuf::RepeatedPtrField<Row>* (Response::*rows)(),
                                      const CallOptions& options = {}) {
  return {request, rows, [method, &stub, options](const Request& page) { return Call(method, stub, page, options); }};
}

}  // namespace rowkeeper::client
