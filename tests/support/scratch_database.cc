#include "tests/support/scratch_database.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/db/conninfo.h"

namespace rowkeeper::testing {
namespace {

std::unique_ptr<db::Connection> OpenOrFail(const std::string& url) {
  db::ConnectionOptions options;
  options.url = url;
  auto connection = db::Connection::Open(options);
  if (connection.ok()) return *std::move(connection);
  ADD_FAILURE() << "cannot connect to the test database: " << connection.status();
  return nullptr;
}

/// `url` with one connection parameter changed; "" when it is not a connection string.
std::string With(const std::string& url, const std::string& key, std::string_view value) {
  auto info = db::ParseConnInfo(url);
  if (!info.ok()) return {};
  (*info)[key] = std::string(value);
  return db::ToUri(*info);
}

bool RunOn(db::Connection* connection, std::string_view sql) {
  if (connection == nullptr) return false;
  const absl::Status status = connection->ExecuteScript(sql, nullptr);
  if (!status.ok()) ADD_FAILURE() << status << "\nin: " << sql;
  return status.ok();
}

}  // namespace

std::string TestServerUrl() {
  const char* url = std::getenv("ROWKEEPER_TEST_DATABASE_URL");
  if (url != nullptr && *url != '\0') return url;
  ADD_FAILURE() << "run tests/run.sh or set ROWKEEPER_TEST_DATABASE_URL";
  return {};
}

ScratchDatabase::ScratchDatabase(std::string_view name_hint, std::string_view encoding)
    : name_(Cat("rk_", name_hint, "_", RandomHex(6))) {
  const std::string server = TestServerUrl();
  if (server.empty()) return;
  const auto admin = OpenOrFail(server);
  const char* const locale = encoding == "UTF8" ? "" : " LC_COLLATE 'C' LC_CTYPE 'C'";
  if (RunOn(admin.get(), Cat("CREATE DATABASE ", name_, " TEMPLATE template0 ENCODING '", encoding, "'", locale))) {
    url_ = With(server, "dbname", name_);
  }
}

ScratchDatabase::~ScratchDatabase() {
  if (!ok()) return;
  connection_.reset();
  RunOn(OpenOrFail(TestServerUrl()).get(), Cat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)"));
}

std::string ScratchDatabase::UrlFor(std::string_view user) const { return With(url_, "user", user); }

db::Connection* ScratchDatabase::connection() {
  if (!ok()) return nullptr;
  if (connection_ == nullptr || connection_->broken()) connection_ = OpenOrFail(url_);
  return connection_.get();
}

void ScratchDatabase::Run(std::string_view sql) { RunOn(connection(), sql); }

std::string ScratchDatabase::Value(std::string_view sql) {
  db::Connection* session = connection();
  if (session == nullptr) return {};
  db::Query query;
  query.result = ResultShape::Any();
  query.text = sql;
  const auto rows = session->Execute(query);
  if (!rows.ok()) ADD_FAILURE() << rows.status() << "\nin: " << sql;
  if (!rows.ok() || rows->size() == 0 || rows->columns() == 0) return {};
  return std::string(rows->cell(0, 0));
}

}  // namespace rowkeeper::testing
