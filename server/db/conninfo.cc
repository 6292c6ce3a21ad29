#include "server/db/conninfo.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include <libpq-fe.h>

#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper::db {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

std::string PercentEncode(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || c == '.' || c == '~';
    if (plain) {
      encoded += c;
    } else {
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

std::string Quoted(std::string_view value) {
  std::string quoted = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

void AddDefault(const char* key, std::string value, ConnInfo* info) { info->try_emplace(key, std::move(value)); }

/// The hosts or addresses, separated by commas; empty where neither the text nor the environment names any.
std::string HostsOf(const ConnInfo& info) {
  for (const auto& [key, variable] : {std::pair("hostaddr", "PGHOSTADDR"), std::pair("host", "PGHOST")}) {
    const auto found = info.find(key);
    if (found != info.end() && !found->second.empty()) return found->second;
    const char* const given = std::getenv(variable);
    if (found == info.end() && given != nullptr && *given != '\0') return given;
  }
  return "";
}

/// As many places of sockets that are not there as `hosts` has, which are separated by commas.
std::string NowhereFor(std::string_view hosts) {
  constexpr std::string_view kNowhere = "/nonexistent/rowkeeper";
  std::string nowhere(kNowhere);
  for (const char c : hosts) {
    if (c == ',') nowhere += Cat(",", kNowhere);
  }
  return nowhere;
}

/// What libpq says, without what it quotes of what it was given; the name of a parameter at the end stays.
std::string WithoutValues(std::string_view problem) {
  problem = problem.substr(0, problem.find('\n'));
  constexpr std::string_view kNamed = " for connection option ";
  const size_t named = std::min(problem.rfind(kNamed), problem.size());
  std::string words(problem.substr(0, named));
  if (const size_t quote = words.find('"'); quote != std::string::npos) {
    words.erase(quote, words.rfind('"') + 1 - quote);
    while (quote > 0 && words.size() > quote && words[quote] == ' ') words.erase(quote, 1);
  }
  while (!words.empty() && (words.back() == ' ' || words.back() == ':')) words.pop_back();
  return words + std::string(problem.substr(named));
}

}  // namespace

absl::StatusOr<ConnInfo> ParseConnInfo(std::string_view text) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> options(
      PQconninfoParse(std::string(text).c_str(), &error), PQconninfoFree);
  const std::unique_ptr<char, void (*)(void*)> owned_error(error, PQfreemem);
  if (options == nullptr) {
    return InvalidField("database_url",
                        "is not a connection string; write postgresql://user@host:port/database or key=value pairs");
  }
  ConnInfo info;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) info[option->keyword] = option->val;
  }
  return info;
}

absl::Status CheckConnInfo(std::string_view text) {
  auto info = ParseConnInfo(text);
  if (!info.ok()) return info.status();
  // libpq looks at its parameters before it begins to connect, and then finds the directory of a socket missing.
  const std::string hosts = HostsOf(*info);
  (*info)["host"] = NowhereFor(hosts);
  (*info)["hostaddr"] = "";
  const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectStart(ToKeyValue(*info).c_str()), PQfinish);
  if (connection == nullptr) return absl::ResourceExhaustedError("out of memory");
  const std::string_view problem = PQerrorMessage(connection.get());
  const bool refused = PQstatus(connection.get()) == CONNECTION_BAD && !HasPrefix(problem, "connection to server");
  const bool of_a_service = hosts.empty() && HasPrefix(problem, "could not match");  // its hosts are not known here
  if (!refused || of_a_service) return absl::OkStatus();
  return InvalidField("database_url", Cat("cannot be used to connect: ", WithoutValues(problem)));
}

std::string ToKeyValue(const ConnInfo& info) {
  std::string text;
  for (const auto& [key, value] : info) text += Cat(text.empty() ? "" : " ", key, "=", Quoted(value));
  return text;
}

std::string ToUri(const ConnInfo& info) {
  const auto get = [&info](const char* key) {
    const auto found = info.find(key);
    return found == info.end() ? std::string() : PercentEncode(found->second);
  };
  std::string uri = "postgresql://" + get("user");
  if (const std::string password = get("password"); !password.empty()) uri += Cat(":", password);
  if (uri.back() != '/') uri += "@";
  uri += get("host");
  if (const std::string port = get("port"); !port.empty()) uri += Cat(":", port);
  uri += Cat("/", get("dbname"));
  char separator = '?';
  for (const auto& [key, value] : info) {
    if (key == "user" || key == "password" || key == "host" || key == "port" || key == "dbname") continue;
    uri += Cat(std::string(1, separator), key, "=", PercentEncode(value));
    separator = '&';
  }
  return uri;
}

void AddLivenessDefaults(int connect_timeout_s, ConnInfo* info) {
  if (std::getenv("PGCONNECT_TIMEOUT") == nullptr) {
    AddDefault("connect_timeout", std::to_string(connect_timeout_s), info);
  }
  // A dead peer is noticed after 15 + 3 * 5 s when idle, after 20 s when data is under way.
  AddDefault("keepalives", "1", info);
  AddDefault("keepalives_idle", "15", info);
  AddDefault("keepalives_interval", "5", info);
  AddDefault("keepalives_count", "3", info);
  AddDefault("tcp_user_timeout", "20000", info);
}

void LimitConnectTimeout(int limit_s, ConnInfo* info) {
  const auto given = info->find("connect_timeout");
  const char* const environment = std::getenv("PGCONNECT_TIMEOUT");
  const char* const text = given != info->end() ? given->second.c_str() : environment;
  const int current_s = text == nullptr ? 0 : std::atoi(text);
  if (current_s <= 0 || current_s > limit_s) (*info)["connect_timeout"] = std::to_string(limit_s);
}

}  // namespace rowkeeper::db
