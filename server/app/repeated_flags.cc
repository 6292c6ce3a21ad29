#include "server/app/repeated_flags.h"

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "server/base/text.h"
#include "server/db/conninfo.h"

namespace rowkeeper::app {
namespace {

std::string ShellWord(const std::string& text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  return Cat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

std::string Flag(const char* name, const std::string& value) { return Cat(" ", name, " ", ShellWord(value)); }

}  // namespace

std::string CatalogueFlags(const CatalogueSettings& settings) {
  std::string flags;
  for (const std::string& path : settings.proto_paths) flags += Flag("--proto-path", path);
  for (const std::string& file : settings.files) flags += Flag("--proto-file", file);
  for (const std::string& set : settings.descriptor_sets) flags += Flag("--descriptor-set", set);
  return flags;
}

std::string DatabaseFlags(const DatabaseSettings& settings) {
  std::string flags;
  const std::string& url = settings.migrations_url.empty() ? settings.url : settings.migrations_url;
  if (!url.empty()) flags += Flag("--database-url", WithoutPassword(url));
  if (!settings.data_dir.empty()) flags += Flag("--data-dir", settings.data_dir);
  return flags;
}

std::string WithoutPassword(const std::string& url) {
  absl::StatusOr<db::ConnInfo> info = db::ParseConnInfo(url);
  if (!info.ok()) return "URL";
  if (info->erase("password") + info->erase("sslpassword") == 0) return url;
  return absl::StartsWith(url, "postgres") ? db::ToUri(*info) : db::ToKeyValue(*info);
}

}  // namespace rowkeeper::app
