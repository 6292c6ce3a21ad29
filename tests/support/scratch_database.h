#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "server/db/connection.h"

namespace rowkeeper::testing {

/// A database with a random name on the server of ROWKEEPER_TEST_DATABASE_URL, dropped with everything connected to it
/// when the object dies. Without that variable, or when the server refuses, the running test fails and says what to do.
class ScratchDatabase {
 public:
  /// `name_hint` becomes part of the name, so that a leftover can be traced: lower-case letters and digits. `encoding`
  /// other than UTF8 comes with the locale C.
  explicit ScratchDatabase(std::string_view name_hint = "test", std::string_view encoding = "UTF8");
  ~ScratchDatabase();
  ScratchDatabase(const ScratchDatabase&) = delete;
  ScratchDatabase& operator=(const ScratchDatabase&) = delete;

  /// False when it could not be made; the test has already failed then.
  bool ok() const { return !url_.empty(); }
  const std::string& name() const { return name_; }
  /// A postgresql:// URI of this database.
  const std::string& url() const { return url_; }
  /// The same database for another role.
  std::string UrlFor(std::string_view user) const;

  /// Runs statements on a connection of its own and fails the test when one fails.
  void Run(std::string_view sql);
  /// The first column of the first row; empty when there is none. Fails the test when the statement fails.
  std::string Value(std::string_view sql);

 private:
  db::Connection* connection();

  std::string name_;
  std::string url_;
  std::unique_ptr<db::Connection> connection_;
};

/// The URL of ROWKEEPER_TEST_DATABASE_URL; fails the test and returns "" when it is not set.
std::string TestServerUrl();

}  // namespace rowkeeper::testing
