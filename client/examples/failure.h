#pragma once

#include <absl/status/status.h>
#include <rowkeeper/client/error_details.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace example {

/// Ends the program after wrong arguments.
[[noreturn]] inline void Usage(const std::string& problem) {
  std::cerr << problem << "\n";
  std::exit(2);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
}

/// What to tell a person for whom RunInUnitOfWork should have done something: "transferred", for example.
inline std::string Explain(const absl::Status& error, const std::string& done) {
  const bool unknown = rowkeeper::client::ReasonOf(error) == rowkeeper::client::reason::kCommitOutcomeUnknown;
  return (unknown ? "it is not known whether anything was " + done + "; look before you run it again: "
                  : "nothing was " + done + ": ") +
         error.ToString(absl::StatusToStringMode::kWithNoExtraData) + "\n";
}

}  // namespace example
