#include "server/base/verdict.h"

#include <charconv>

#include "absl/strings/cord.h"
#include "server/base/error_builder.h"
#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

// Payloads that never leave the process: exec replaces these statuses.
constexpr char kVerdictPayload[] = "rowkeeper/verdict";
constexpr char kUndecidedPayload[] = "rowkeeper/undecided";

/// Takes a number and what follows it (nothing at the end) off `text`.
template <typename Number>
bool Take(std::string_view* text, char after, Number* number) {
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), *number);
  if (error != std::errc()) return false;
  text->remove_prefix(static_cast<size_t>(end - text->data()));
  if (text->empty() || text->front() != after) return false;
  text->remove_prefix(1);
  return true;
}

}  // namespace

std::string VerdictKey(const Verdict& verdict) {
  return Cat("\"", kVerdictMark, verdict.rows, ":", verdict.element, ":", verdict.column, ":",
             verdict.undecided ? 1 : 0, "\"");
}

std::optional<Verdict> ParseVerdict(std::string_view message) {
  const std::string mark = Cat("\"", kVerdictMark);
  const size_t begin = message.find(mark);
  if (begin == std::string_view::npos) return std::nullopt;
  message.remove_prefix(begin + mark.size());
  Verdict verdict;
  int undecided = 0;
  int64_t column = 0;
  const bool whole = Take(&message, ':', &verdict.rows) && Take(&message, ':', &verdict.element) &&
                     Take(&message, ':', &column) && Take(&message, '"', &undecided);
  if (!whole) return std::nullopt;
  verdict.undecided = undecided != 0;
  if (column >= Verdict::kElementUnit) verdict.element = column / Verdict::kElementUnit;
  verdict.column = static_cast<int>(column % Verdict::kElementUnit);
  return verdict;
}

absl::Status WithVerdict(absl::Status error, const Verdict& verdict) {
  error.SetPayload(kVerdictPayload, absl::Cord(VerdictKey(verdict)));
  return error;
}

std::optional<Verdict> VerdictOf(const absl::Status& error) {
  const auto payload = error.GetPayload(kVerdictPayload);
  if (!payload.has_value()) return std::nullopt;
  return ParseVerdict(std::string(*payload));
}

absl::Status Undecided() {
  absl::Status error = Internal("whether the response can be sent is decided in a transaction");
  error.SetPayload(kUndecidedPayload, absl::Cord("1"));
  return error;
}

bool IsUndecided(const absl::Status& error) { return error.GetPayload(kUndecidedPayload).has_value(); }

absl::Status KeptByDatabase(std::string_view entity, std::string_view what, std::string_view element) {
  return ErrorBuilder(Reason::kTriggerRefused,
                      Cat("the database did not write ", what, entity.empty() ? "" : Cat(" of ", entity),
                          element.empty() ? "" : Cat(", among them ", element),
                          ": a trigger, a rule or row-level security prevents it; nothing was changed; ask the "
                          "database's owner which rule the row breaks"))
      .With("entity", entity)
      .With("elements", element)
      .Build();
}

absl::Status UnrepresentableResult(std::string_view entity, std::string_view field, std::string_view what,
                                   std::string_view element) {
  return ErrorBuilder(Reason::kUnrepresentableValue,
                      Cat(field, " of ", entity, ": ", what, element.empty() ? "" : Cat(", ", element, ","),
                          " would hold a value that this field cannot carry, so nothing was changed; write a value "
                          "that it can carry, or correct it in the database"))
      .With("entity", entity)
      .With("field", field)
      .With("elements", element)
      .Build();
}

absl::Status UnreadableTextInResult(std::string_view entity, std::string_view field, std::string_view what) {
  return ErrorBuilder(Reason::kUnrepresentableValue,
                      Cat(field.empty() ? "a text" : field, " of ", entity, ": ", what,
                          " holds bytes that are not UTF-8, so nothing was changed; correct it in the database"))
      .With("entity", entity)
      .With("field", field)
      .Build();
}

absl::Status ChangeWasMade(const absl::Status& error) {
  return WithMetadata(error, "executed", "true", "the change was stored, but its response cannot be sent: ");
}

bool IsChangeMade(const absl::Status& error) { return ErrorMetadataValue(error, "executed") == "true"; }

absl::Status PartlyMade(const absl::Status& error, size_t written, size_t asked) {
  return WithMetadata(
      error, "executed", "true",
      Cat(written, " of ", asked, " elements were stored, but the response that names them cannot be sent: "));
}

absl::Status ChangeIsUndone(const absl::Status& error) {
  return WithMessage(error, Cat("nothing was changed, because the response cannot be sent: ", MessageOf(error)));
}

}  // namespace rowkeeper
