// Fills a shelf in one unit of work, and reads it.
#include <rowkeeper/client/channel.h>
#include <rowkeeper/client/error_details.h>
#include <rowkeeper/client/pages.h>
#include <rowkeeper/client/run_in_unit_of_work.h>
#include <rowkeeper/client/savepoint.h>

#include <cstdlib>
#include <iostream>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "shelf/v1/book.grpc.pb.h"

using rowkeeper::client::UnitOfWork;
using Books = shelf::v1::BookRepository::Stub;

namespace {

void Require(bool condition, const std::string& what) {
  if (condition) return;
  std::cerr << "FAILED: " << what << "\n";
  std::exit(1);
}

absl::StatusOr<shelf::v1::Book> AddBook(UnitOfWork& unit, Books& books, const std::string& isbn) {
  shelf::v1::CreateBookRequest request;
  request.mutable_book()->set_isbn(isbn);
  request.mutable_book()->set_title("Book " + isbn);
  return unit.Call(&Books::Create, books, request);
}

}  // namespace

int main(int, char** argv) {
  const auto channel = rowkeeper::client::MakeChannel(argv[1]);
  Books books(channel);
  const auto last = rowkeeper::client::RunInUnitOfWork(channel, {}, [&](UnitOfWork& unit) {
    for (const char* isbn : {"1", "2", "3"}) Require(AddBook(unit, books, isbn).ok(), isbn);
    {
      const auto savepoint = rowkeeper::client::Savepoint::Begin(unit);
      Require(savepoint.ok(), "savepoint");
      const auto twice = AddBook(unit, books, "3");
      const auto details = rowkeeper::client::DetailsOf(twice.status());
      Require(details.reason == rowkeeper::client::reason::kUniqueViolation, "reason: " + details.reason);
      Require(details.fields() == std::vector<std::string>{"isbn"}, "fields");
    }
    return AddBook(unit, books, "4");
  });
  Require(last.ok(), last.status().ToString());

  // The same error through googleapis' own messages.
  grpc::ClientContext context;
  shelf::v1::CreateBookRequest request;
  *request.mutable_book() = *last;
  shelf::v1::Book book;
  const grpc::Status error = books.Create(&context, request, &book);
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  Require(status.ParseFromString(error.error_details()) && status.details(0).UnpackTo(&info), "google.rpc.ErrorInfo");
  Require(info.reason() == rowkeeper::client::DetailsOf(error).reason, "both read the same reason");

  shelf::v1::ListBooksRequest list;
  list.set_page_size(3);
  list.set_order_by("title");
  auto rows = rowkeeper::client::List(&Books::List, books, list, &shelf::v1::ListBooksResponse::mutable_books);
  for (const shelf::v1::Book& row : rows) std::cout << row.title() << "\n";
  Require(rows.status().ok(), rows.status().ToString());
  return 0;
}
