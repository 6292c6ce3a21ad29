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
///   auto rows = List(&AccountRepository::Stub::ListByOwner, stub, request, &ListAccountsResponse::mutable_accounts);
///   for (Account& account : rows) Use(account);
///   if (!rows.status().ok()) return rows.status();
///
/// Each page is a call of its own; what others commit between two of them shows, unless a unit of work with repeatable
/// read makes them. For one thread. A row may be moved from; it lives until the iterator moves on. Iterators point to
/// the range, which stays where it is while they are used.
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

  /// Fetches the first page. A second loop goes on where the first was left, with the row that it was left at; after
  /// all rows, or an error, it has none. To read the rows again, call List again.
  iterator begin() { return iterator(HasRow() ? this : nullptr); }
  iterator end() { return iterator(nullptr); }

  /// OK unless a page could not be fetched, or INTERNAL when a page leads to itself.
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
    last_ = page->next_page_token().empty();
    if (!last_ && page->next_page_token() == request_.page_token()) {
      status_ = absl::InternalError("the server's next page is the same page again; stopped there");
      return;
    }
    page_ = *std::move(page);
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
RowRange<Request, Response, Row> List(StubMethod<Stub, Request, Response> method, StubPointer&& stub,
                                      const Request& request,
                                      google::protobuf::RepeatedPtrField<Row>* (Response::*rows)(),
                                      const CallOptions& options = {}) {
  internal::RequireThatStays<StubPointer>();
  return {request, rows, [method, to = internal::StubOf<Stub>(stub), options](const Request& page) {
            return Call(method, to, page, options);
          }};
}

}  // namespace rowkeeper::client
