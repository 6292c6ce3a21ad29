#include "server/identity/key_fetcher.h"

namespace rowkeeper::identity {

std::string_view FetchOutcomeName(FetchOutcome outcome) {
  switch (outcome) {
    case FetchOutcome::kFetched:
      return "fetched";
    case FetchOutcome::kUnchanged:
      return "unchanged";
    case FetchOutcome::kUnreachable:
      return "unreachable";
    case FetchOutcome::kUntrusted:
      return "untrusted";
    case FetchOutcome::kRefused:
      return "refused";
    case FetchOutcome::kTooLarge:
      return "too_large";
    case FetchOutcome::kUnusable:
      return "unusable";
  }
  return "";
}

}  // namespace rowkeeper::identity
