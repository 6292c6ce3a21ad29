#include "server/catalogue/proto_source.h"

#include "google/protobuf/compiler/parser.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "server/base/text.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

/// Keeps the first error.
class FirstError : public pb::io::ErrorCollector {
 public:
  void AddError(int line, pb::io::ColumnNumber column, const std::string& message) override {
    if (text_.empty()) text_ = Cat(line + 1, ":", column + 1, ": ", message);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::vector<size_t> LineStarts(std::string_view text) {
  std::vector<size_t> starts = {0};
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') starts.push_back(i + 1);
  }
  return starts;
}

/// The parser counts a tab up to the next multiple of eight.
size_t OffsetOf(std::string_view text, size_t line_start, int column) {
  constexpr int kTab = 8;
  size_t at = line_start;
  for (int seen = 0; seen < column && at < text.size(); ++at) seen += text[at] == '\t' ? kTab - seen % kTab : 1;
  return at;
}

}  // namespace

absl::StatusOr<ProtoSource> ProtoSource::Parse(std::string_view text) {
  ProtoSource source;
  pb::io::ArrayInputStream input(text.data(), static_cast<int>(text.size()));
  FirstError error;
  pb::io::Tokenizer tokenizer(&input, &error);
  pb::compiler::Parser parser;
  parser.RecordErrorsTo(&error);
  if (!parser.Parse(&tokenizer, &source.file_) || !error.text().empty()) {
    return absl::InvalidArgumentError(error.text());
  }
  source.FindPlaces(text);
  return source;
}

void ProtoSource::FindPlaces(std::string_view text) {
  const std::vector<size_t> lines = LineStarts(text);
  for (const pb::SourceCodeInfo::Location& location : file_.source_code_info().location()) {
    // Of three numbers, the end is in the same line.
    const int last_line = location.span_size() == 4 ? location.span(2) : location.span(0);
    const int last_column = location.span(location.span_size() - 1);
    Place place;
    place.begin = OffsetOf(text, lines.at(location.span(0)), location.span(1));
    place.end = OffsetOf(text, lines.at(last_line), last_column);
    place.line = location.span(0) + 1;
    places_.emplace(Path(location.path().begin(), location.path().end()), place);
  }
}

}  // namespace rowkeeper::catalogue
