#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowkeeper::app {

// What of an option's value is secret is declared beside the option, as its type name:
/// all of it
inline constexpr char kSecretType[] = "SECRET";
/// the password of a database URL, or of a connection string such as "host=db password=…"
inline constexpr char kUrlType[] = "URL";
/// of a path nothing; of a URL the user, the password and the query
inline constexpr char kPathOrUrlType[] = "PATH|URL";
/// the value of a header, "name: value"
inline constexpr char kHeaderType[] = "HEADER";

/// The end of an option's name that says that its value is in a file.
inline constexpr char kFileSuffix[] = "-file";

/// Beginning and end of what is secret in a value of an option of `type`. Rather too much than too little of a value
/// that is written wrongly.
std::vector<std::pair<size_t, size_t>> SecretParts(std::string_view type, std::string_view value);

/// `value` with "***" in place of each secret part.
std::string Masked(std::string_view type, std::string_view value);

/// Overwrites the secrets among the arguments of the process, so that `ps` and /proc show asterisks; `root` has all
/// options of all commands. Whoever needs the arguments copies them before.
void HideSecrets(const CLI::App& root, int argc, char** argv);

}  // namespace rowkeeper::app
