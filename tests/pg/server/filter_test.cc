#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

constexpr char kTickets[] = R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Ticket {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  optional string seat = 2;
}
service TicketRepository {
  option (rowkeeper.v1.repository).entity = "shop.v1.Ticket";
  rpc Create(Ticket) returns (Ticket);
  rpc ListOtherSeats(ListOtherSeatsRequest) returns (ListTicketsResponse);
  rpc ListBySeats(ListBySeatsRequest) returns (ListTicketsResponse);
}
message ListOtherSeatsRequest {
  string seat = 1 [(rowkeeper.v1.filter).op = FILTER_OPERATOR_NOT_EQUAL];
  string page_token = 2;
}
message ListBySeatsRequest {
  repeated string seats = 1 [(rowkeeper.v1.filter) = {field: "seat", op: FILTER_OPERATOR_IN}];
  string page_token = 2;
}
message ListTicketsResponse {
  repeated Ticket tickets = 1;
  string next_page_token = 2;
}
)";

class FilterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_.MustCall("TicketRepository.Create", {{"seat", "A"}});
    server_.MustCall("TicketRepository.Create", {{"seat", "B"}});
    server_.MustCall("TicketRepository.Create", Json::object());
  }

  /// The seats of the answer in order; "-" for a row without one.
  std::string Seats(const char* method, const Json& request) {
    std::string seats;
    const Json answer = server_.MustCall(method, request);
    for (const Json& ticket : answer["tickets"]) seats += ticket.value("seat", "-");
    return seats;
  }

  InProcessServer server_{CompileProtoText(kTickets)};
};

TEST_F(FilterTest, ARowWithoutAValueDiffersFromEveryValue) {
  EXPECT_EQ(Seats("TicketRepository.ListOtherSeats", {{"seat", "A"}}), "B-");
}

TEST_F(FilterTest, InTakesTheRowsOfAnyOfItsValues) {
  EXPECT_EQ(Seats("TicketRepository.ListBySeats", {{"seats", {"B", "A", "Z"}}}), "AB");
  EXPECT_EQ(Summary(server_.Call("TicketRepository.ListBySeats", Json::object())),
            "INVALID_ARGUMENT INVALID_FIELD [seats]");
}

}  // namespace
}  // namespace rowkeeper::testing
