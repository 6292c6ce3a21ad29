#include "server/catalogue/repository_merge.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/proto_source.h"
#include "server/catalogue/proto_text.h"
#include "server/catalogue/repository_writer.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

using Path = ProtoSource::Path;

constexpr char kWithout[] = "generate: without ";

/// Two spellings of one type's name, of which one may begin with more of the package.
bool IsSameName(std::string_view one, std::string_view other) {
  if (HasPrefix(one, ".")) one.remove_prefix(1);
  if (HasPrefix(other, ".")) other.remove_prefix(1);
  return EndsWithName(one, other) || EndsWithName(other, one);
}

std::string WithoutStream(const std::string& type) { return std::string(absl::StripPrefix(type, "stream ")); }

/// The names that comments take out.
std::set<std::string> LeftOut(std::string_view text) {
  std::set<std::string> names;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(text), '\n')) {
    absl::string_view rest = absl::StripLeadingAsciiWhitespace(line);
    if (!absl::ConsumePrefix(&rest, "//")) continue;
    rest = absl::StripLeadingAsciiWhitespace(rest);
    if (!absl::ConsumePrefix(&rest, kWithout)) continue;
    for (const absl::string_view name : absl::StrSplit(rest, ',')) names.emplace(absl::StripAsciiWhitespace(name));
  }
  return names;
}

/// The label and type of a field as a FieldText has them.
std::string TypeText(const pb::FieldDescriptorProto& field) {
  std::string label;
  if (field.label() == pb::FieldDescriptorProto::LABEL_REPEATED) label = "repeated ";
  if (field.proto3_optional()) label = "optional ";
  if (!field.has_type()) return label + field.type_name();
  return label + pb::FieldDescriptor::TypeName(static_cast<pb::FieldDescriptor::Type>(field.type()));
}

/// Of two types with their labels, "repeated Todo" and "repeated planner.v1.Todo".
bool IsSameType(std::string_view one, std::string_view other) {
  const size_t name = one.rfind(' ') + 1;
  const size_t other_name = other.rfind(' ') + 1;
  return one.substr(0, name) == other.substr(0, other_name) && IsSameName(one.substr(name), other.substr(other_name));
}

int NextNumber(const pb::DescriptorProto& message) {
  constexpr int kFirstOfProtobuf = 19000;
  constexpr int kLastOfProtobuf = 19999;
  int last = 0;
  for (const auto& field : message.field()) last = std::max(last, field.number());
  for (const auto& range : message.reserved_range()) last = std::max(last, range.end() - 1);
  const int next = last + 1;
  return next >= kFirstOfProtobuf && next <= kLastOfProtobuf ? kLastOfProtobuf + 1 : next;
}

class Merge {
 public:
  Merge(const FileText& fresh, std::string_view text, const ProtoSource& source)
      : fresh_(fresh), text_(text), source_(source), left_out_(LeftOut(text)) {}

  absl::StatusOr<MergedProto> Run() {
    const int service = FindService();
    if (service < 0) {
      return absl::InvalidArgumentError(
          Cat("it has no repository of ", fresh_.entity, "; name another file, or write it anew with --replace"));
    }
    MergeMethods(service);
    for (const MessageText& message : fresh_.messages) MergeMessage(message);
    if (!merged_.added.empty()) AddImports();
    merged_.text = Edited();
    return std::move(merged_);
  }

 private:
  const pb::FileDescriptorProto& file() const { return source_.file(); }
  bool IsLeftOut(const std::string& name) const { return left_out_.count(name) != 0; }
  void Differs(const Path& path, const std::string& what) {
    merged_.differences.push_back(Cat("line ", source_.LineOf(path), ": ", what));
  }

  /// By the entity that its option names, in either spelling of the option; -1 when there is none.
  int FindService() const {
    for (int i = 0; i < file().service_size(); ++i) {
      for (const auto& option : file().service(i).options().uninterpreted_option()) {
        const bool is_repository = IsSameName(option.name(0).name_part(), "rowkeeper.v1.repository");
        const bool names_it = option.string_value() == fresh_.entity ||
                              absl::StrContains(option.aggregate_value(), Cat("\"", fresh_.entity, "\""));
        if (is_repository && names_it) return i;
      }
    }
    return -1;
  }

  void MergeMethods(int service) {
    const pb::ServiceDescriptorProto& there = file().service(service);
    std::string lines;
    for (const MethodText& method : fresh_.methods) {
      if (IsLeftOut(method.name)) continue;
      const auto same = std::find_if(there.method().begin(), there.method().end(),
                                     [&method](const auto& other) { return other.name() == method.name; });
      if (same == there.method().end()) {
        lines += Print(method);
        merged_.added.push_back(Cat("rpc ", method.name));
        new_messages_.insert({WithoutStream(method.request), WithoutStream(method.response)});
        continue;
      }
      const int index = static_cast<int>(same - there.method().begin());
      CompareMethod(method, *same,
                    {pb::FileDescriptorProto::kServiceFieldNumber, service,
                     pb::ServiceDescriptorProto::kMethodFieldNumber, index});
    }
    if (!lines.empty()) AddToBlock({pb::FileDescriptorProto::kServiceFieldNumber, service}, lines);
  }

  void CompareMethod(const MethodText& method, const pb::MethodDescriptorProto& there, const Path& path) {
    const std::string request = Cat(there.client_streaming() ? "stream " : "", there.input_type());
    const std::string response = Cat(there.server_streaming() ? "stream " : "", there.output_type());
    if (IsSameType(request, method.request) && IsSameType(response, method.response)) {
      known_messages_.insert({WithoutStream(method.request), WithoutStream(method.response)});
      return;
    }
    Differs(path, Cat("rpc ", method.name, " is (", request, ") returns (", response, "), not (", method.request,
                      ") returns (", method.response, ")"));
  }

  void MergeMessage(const MessageText& message) {
    const auto there = std::find_if(file().message_type().begin(), file().message_type().end(),
                                    [&message](const auto& other) { return other.name() == message.name; });
    const bool is_there = there != file().message_type().end();
    if (!is_there && new_messages_.count(message.name) != 0) {
      tail_ += Print(message);
      merged_.added.push_back(Cat("message ", message.name));
    }
    if (is_there && (known_messages_.count(message.name) != 0 || new_messages_.count(message.name) != 0)) {
      MergeFields(message, *there, static_cast<int>(there - file().message_type().begin()));
    }
  }

  void MergeFields(const MessageText& message, const pb::DescriptorProto& there, int index) {
    const Path path = {pb::FileDescriptorProto::kMessageTypeFieldNumber, index};
    int number = NextNumber(there);
    std::string lines;
    for (const FieldText& field : message.fields) {
      const std::string name = Cat(message.name, ".", field.name);
      const auto& reserved = there.reserved_name();
      if (IsLeftOut(name) || std::count(reserved.begin(), reserved.end(), field.name) != 0) continue;
      const auto same = std::find_if(there.field().begin(), there.field().end(),
                                     [&field](const auto& other) { return other.name() == field.name; });
      if (same == there.field().end()) {
        lines += Print(field, number++);
        merged_.added.push_back(Cat("field ", name));
      } else if (!IsSameType(TypeText(*same), field.type)) {
        Path at = path;
        at.insert(at.end(), {pb::DescriptorProto::kFieldFieldNumber, static_cast<int>(same - there.field().begin())});
        Differs(at, Cat("field ", name, " is ", TypeText(*same), ", not ", field.type));
      }
    }
    if (!lines.empty()) AddToBlock(path, lines);
  }

  /// Lines before the brace that closes a declaration, which may stand in the line of its contents.
  void AddToBlock(const Path& path, const std::string& lines) {
    const size_t brace = source_.EndOf(path) - 1;
    size_t line = brace;
    while (line > 0 && (text_[line - 1] == ' ' || text_[line - 1] == '\t')) --line;
    const bool is_alone = line == 0 || text_[line - 1] == '\n';
    additions_[is_alone ? line : brace] += is_alone ? lines : Cat("\n", lines);
  }

  /// Those of the file that would be written, each where its name belongs; of protobuf's own, those that are needed.
  void AddImports() {
    const auto& there = file().dependency();
    const std::set<std::string> known(there.begin(), there.end());
    for (const std::string& import : fresh_.imports) {
      if (known.count(import) != 0 || !IsNeeded(import)) continue;
      int next = 0;
      while (next < there.size() && there.Get(next) < import) ++next;
      const int dependency = pb::FileDescriptorProto::kDependencyFieldNumber;
      const std::string line = Cat("import \"", import, "\";");
      if (next < there.size()) {
        additions_[source_.BeginOf({dependency, next})] += Cat(line, "\n");
      } else if (!there.empty()) {
        additions_[source_.EndOf({dependency, there.size() - 1})] += Cat("\n", line);
      } else {
        additions_[source_.EndOf(HeadOfFile())] += Cat("\n\n", line);
      }
    }
  }

  Path HeadOfFile() const {
    if (file().has_package()) return {pb::FileDescriptorProto::kPackageFieldNumber};
    return {pb::FileDescriptorProto::kSyntaxFieldNumber};
  }

  /// "google/protobuf/field_mask.proto" holds google.protobuf.FieldMask.
  bool IsNeeded(const std::string& import) const {
    absl::string_view name = import;
    if (!absl::ConsumePrefix(&name, "google/protobuf/") || !absl::ConsumeSuffix(&name, ".proto")) return true;
    const std::string type = Cat("google.protobuf.", PascalCase(std::string(name)));
    const auto uses = [&type](const std::string& text) { return absl::StrContains(text, type); };
    return uses(tail_) ||
           std::any_of(additions_.begin(), additions_.end(), [&](const auto& at) { return uses(at.second); });
  }

  std::string Edited() const {
    std::string edited;
    size_t from = 0;
    for (const auto& [at, lines] : additions_) {
      edited.append(text_, from, at - from);
      edited += lines;
      from = at;
    }
    edited.append(text_, from, std::string::npos);
    if (!tail_.empty() && !edited.empty() && edited.back() != '\n') edited += '\n';
    return edited + tail_;
  }

  const FileText& fresh_;
  const std::string text_;
  const ProtoSource& source_;
  const std::set<std::string> left_out_;
  /// Of methods that are added, and of those that are there as they would be written.
  std::set<std::string> new_messages_;
  std::set<std::string> known_messages_;
  /// What comes before each byte of the text, and after all of it.
  std::map<size_t, std::string> additions_;
  std::string tail_;
  MergedProto merged_;
};

}  // namespace

absl::StatusOr<MergedProto> MergeRepository(const Entity& entity, std::string_view existing) {
  const auto source = ProtoSource::Parse(existing);
  if (!source.ok()) return source.status();
  const FileText fresh = ComposeRepository(entity);
  return Merge(fresh, existing, *source).Run();
}

}  // namespace rowkeeper::catalogue
