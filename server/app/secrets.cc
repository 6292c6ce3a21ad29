#include "server/app/secrets.h"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>

namespace rowkeeper::app {
namespace {

using Parts = std::vector<std::pair<size_t, size_t>>;

bool IsSecretKey(std::string_view key) {
  return key.find("pass") != std::string_view::npos && key.find("passfile") == std::string_view::npos;
}

/// Passwords among the parameters of a URL: "?password=…&sslpassword=…".
void AddUrlParameters(std::string_view url, size_t from, Parts* parts) {
  while (from < url.size()) {
    const size_t end = std::min(url.find('&', from), url.size());
    const size_t equals = url.find('=', from);
    if (equals < end && IsSecretKey(url.substr(from, equals - from))) parts->emplace_back(equals + 1, end);
    from = end + 1;
  }
}

/// Of scheme://user:password@host. A password may hold what should have been encoded in it.
Parts UrlParts(std::string_view url, size_t scheme_end) {
  Parts parts;
  const size_t at = url.rfind('@');
  const size_t colon = url.find(':', scheme_end);
  size_t rest = scheme_end;
  if (at != std::string_view::npos && colon != std::string_view::npos && colon < at) {
    parts.emplace_back(colon + 1, at);
    rest = at;
  }
  const size_t question = url.find('?', rest);
  if (question != std::string_view::npos) AddUrlParameters(url, question + 1, &parts);
  return parts;
}

size_t SkipSpaces(std::string_view text, size_t at) {
  while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
  return at;
}

/// The end of a value of a connection string: of quoted text, or of a word. A backslash takes what follows with it.
size_t ValueEnd(std::string_view text, size_t at) {
  const bool quoted = at < text.size() && text[at] == '\'';
  for (at += quoted ? 1 : 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (quoted ? text[at] == '\'' : std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      return at + (quoted ? 1 : 0);
    }
  }
  return text.size();
}

/// Of "host=db password=…".
Parts ConnectionStringParts(std::string_view text) {
  Parts parts;
  for (size_t at = SkipSpaces(text, 0); at < text.size();) {
    const size_t equals = std::min(text.find('=', at), text.size());
    const std::string_view key = text.substr(at, equals - at);
    const size_t value = SkipSpaces(text, std::min(equals + 1, text.size()));
    const size_t end = ValueEnd(text, value);
    if (IsSecretKey(key)) parts.emplace_back(value, end);
    at = SkipSpaces(text, std::min(end + 1, text.size()));
  }
  return parts;
}

Parts DatabaseParts(std::string_view value) {
  const size_t scheme = value.find("://");
  return scheme == std::string_view::npos ? ConnectionStringParts(value) : UrlParts(value, scheme + 3);
}

/// Of a URL that must hold no secret: what would be one if it did.
Parts PublicUrlParts(std::string_view value) {
  const size_t scheme = value.find("://");
  if (scheme == std::string_view::npos) return {};
  Parts parts;
  const size_t at = value.rfind('@');
  const bool has_user = at != std::string_view::npos && at > scheme + 3;
  if (has_user) parts.emplace_back(scheme + 3, at);
  const size_t question = value.find('?', has_user ? at : scheme);
  if (question != std::string_view::npos && question + 1 < value.size()) parts.emplace_back(question + 1, value.size());
  return parts;
}

void AddTypes(const CLI::App& command, std::map<std::string, std::string>* types) {
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) (*types)["--" + name] = option->get_type_name();
    for (const std::string& name : option->get_snames()) (*types)["-" + name] = option->get_type_name();
  }
  for (const CLI::App* below : command.get_subcommands([](const CLI::App*) { return true; })) AddTypes(*below, types);
}

void Hide(std::string_view type, char* value) {
  for (const auto& [begin, end] : SecretParts(type, value)) std::fill(value + begin, value + end, '*');
}

}  // namespace

std::vector<std::pair<size_t, size_t>> SecretParts(std::string_view type, std::string_view value) {
  if (value.empty()) return {};
  if (type == kSecretType) return {{0, value.size()}};
  if (type == kUrlType) return DatabaseParts(value);
  if (type == kPathOrUrlType) return PublicUrlParts(value);
  if (type == kHeaderType) {
    const size_t colon = value.find(':');
    return {{colon == std::string_view::npos ? 0 : colon + 1, value.size()}};
  }
  return {};
}

std::string Masked(std::string_view type, std::string_view value) {
  std::string masked;
  size_t done = 0;
  for (const auto& [begin, end] : SecretParts(type, value)) {
    masked.append(value.substr(done, begin - done)).append("***");
    done = end;
  }
  return masked.append(value.substr(done));
}

void HideSecrets(const CLI::App& root, int argc, char** argv) {
  std::map<std::string, std::string> types;
  AddTypes(root, &types);
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const size_t equals = argument.find('=');
    const auto whole = types.find(std::string(argument));
    const auto before = types.find(std::string(argument.substr(0, equals)));
    const auto beginning = types.find(std::string(argument.substr(0, 2)));
    if (whole != types.end()) {
      if (i + 1 < argc) Hide(whole->second, argv[i + 1]);
    } else if (before != types.end()) {
      Hide(before->second, argv[i] + equals + 1);
    } else if (beginning != types.end() && argument.size() > 2 && argument[1] != '-') {
      Hide(beginning->second, argv[i] + 2);  // "-Hname: value"
    }
  }
}

}  // namespace rowkeeper::app
