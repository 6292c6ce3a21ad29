#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

using CallResult = absl::StatusOr<Json>;

/// A unit of work and its caller. It is left as it is when the object dies.
class Unit {
 public:
  /// Begins; fails the running test when that is refused. `options` are BeginRequest.
  explicit Unit(InProcessServer* server, const Json& options = Json::object(), const CallOptions& call = CallOptions())
      : server_(server), call_(call) {
    const Json begun = server->MustCall("UnitOfWork.Begin", options, call);
    handle_ = begun.value("handle", "");
    info_ = begun.value("unit_of_work", Json::object());
  }

  const std::string& handle() const { return handle_; }
  /// What Begin said about it.
  const Json& info() const { return info_; }

  /// Options of a call that is part of the unit.
  CallOptions Inside() const {
    CallOptions options = call_;
    options.headers.emplace_back("rowkeeper-unit-of-work", handle_);
    return options;
  }
  CallResult Call(std::string_view method, const Json& request) const {
    return server_->Call(method, request, Inside());
  }
  Json MustCall(std::string_view method, const Json& request) const {
    return server_->MustCall(method, request, Inside());
  }
  CallResult Numbered(const std::string& sequence, std::string_view method, const Json& request) const {
    CallOptions options = Inside();
    options.headers.emplace_back("rowkeeper-sequence", sequence);
    return server_->Call(method, request, options);
  }

  /// "Commit", "Rollback", "Get".
  CallResult Do(const std::string& method) const { return About(method, Json::object()); }
  CallResult Commit() const { return Do("Commit"); }
  CallResult Rollback() const { return Do("Rollback"); }
  Json Get() const { return server_->MustCall("UnitOfWork.Get", {{"handle", handle_}}, call_)["unit_of_work"]; }
  std::string State() const { return Get().value("state", "").substr(sizeof("UNIT_OF_WORK_STATE_") - 1); }
  CallResult Savepoint(const std::string& name) const { return About("Savepoint", {{"name", name}}); }
  CallResult RollbackTo(const std::string& name) const { return About("RollbackTo", {{"name", name}}); }
  CallResult Release(const std::string& name) const { return About("Release", {{"name", name}}); }

 private:
  CallResult About(const std::string& method, Json request) const {
    request["handle"] = handle_;
    return server_->Call("UnitOfWork." + method, request, call_);
  }

  InProcessServer* server_;
  CallOptions call_;
  std::string handle_;
  Json info_;
};

/// The options of Begin with an isolation level, "SERIALIZABLE".
inline Json Isolated(const std::string& level) { return {{"transaction", {{"isolation", "ISOLATION_" + level}}}}; }

}  // namespace rowkeeper::testing
