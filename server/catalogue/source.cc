#include "server/catalogue/source.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/compiler/importer.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/io/zero_copy_stream.h"
#include "google/type/date.pb.h"
#include "rowkeeper/v1/annotations.pb.h"
#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/catalogue/options.h"
#include "server/catalogue/proto_files.h"
#include "server/catalogue/source_lines.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

/// The file of this name in the binary, when users cannot have another: theirs is the same or unusable.
const pb::FileDescriptor* OwnFile(const std::string& name) {
  // Naming the types keeps the generated files in the program.
  static const bool linked = v1::EntityOptions::descriptor() && v1::BeginRequest::descriptor();
  if (!linked || (!absl::StartsWith(name, "rowkeeper/v1/") && !absl::StartsWith(name, "google/protobuf/"))) {
    return nullptr;
  }
  return pb::DescriptorPool::generated_pool()->FindFileByName(name);
}

/// The file of this name in the binary, for those who do not bring theirs.
const pb::FileDescriptor* FallbackFile(const std::string& name) {
  const pb::FileDescriptor* date = google::type::Date::descriptor()->file();
  return name == date->name() ? date : nullptr;
}

/// Whether the server reads and writes this google.type.Date as what it is: others may have added to it.
bool IsDate(const pb::Descriptor& message) {
  const pb::Descriptor& known = *google::type::Date::descriptor();
  for (int i = 0; i < known.field_count(); ++i) {
    const pb::FieldDescriptor* field = message.FindFieldByNumber(known.field(i)->number());
    if (field == nullptr || field->name() != known.field(i)->name() || field->type() != known.field(i)->type() ||
        field->is_repeated()) {
      return false;
    }
  }
  return true;
}

std::string WithoutPeriod(std::string text) {
  if (absl::EndsWith(text, ".")) text.pop_back();
  return text;
}

/// What to write instead, for the mistakes of protobuf's compiler that are likely here.
std::string RemedyFor(const std::string& message) {
  if (absl::StrContains(message, "Ensure that your proto definition file imports")) {
    return absl::StrContains(message, "rowkeeper.") ? "write import \"rowkeeper/v1/annotations.proto\";"
                                                    : "import the file that declares the option";
  }
  if (absl::StrContains(message, "is not defined")) return "declare it or import the file that does";
  if (absl::StrContains(message, "seems to be defined in")) return "add that import";
  if (absl::StrContains(message, "is already defined")) return "rename or remove one of the two";
  const std::string value = QuotedAfter(message, "Unknown enumeration value of ");
  if (!value.empty()) {
    const std::string meant = AnnotationEnumValueEndingIn(value);
    return meant.empty() ? "see rowkeeper/v1/annotations.proto for the values" : absl::StrCat("write ", meant);
  }
  if (absl::StrContains(message, "parsing option value")) return "see rowkeeper/v1/annotations.proto for the options";
  return "";
}

/// Receives the errors of parser and pool, with lines where they are known.
class SourceErrors : public pb::compiler::MultiFileErrorCollector {
 public:
  explicit SourceErrors(Diagnostics* diagnostics) : diagnostics_(diagnostics) {}

  void AddError(const std::string& file, int line, int /*column*/, const std::string& message) override {
    Diagnostic diagnostic;
    diagnostic.file = file;
    diagnostic.line = line + 1;
    diagnostic.element = element_;
    diagnostic.problem = WithoutPeriod(message);
    diagnostic.remedy = RemedyFor(message);
    diagnostics_->Add(std::move(diagnostic));
  }

  /// The element that the following errors are about.
  void SetElement(std::string element) { element_ = std::move(element); }

 private:
  Diagnostics* diagnostics_;
  std::string element_;
};

/// Passes the pool's errors on, through `located` (which knows the lines of parsed files) where there is one.
class PoolErrors : public pb::DescriptorPool::ErrorCollector {
 public:
  PoolErrors(SourceErrors* errors, pb::DescriptorPool::ErrorCollector* located) : errors_(errors), located_(located) {}

  void AddError(const std::string& file, const std::string& element, const pb::Message* descriptor,
                ErrorLocation location, const std::string& message) override {
    errors_->SetElement(element == file ? "" : element);
    if (located_ != nullptr) {
      located_->AddError(file, element, descriptor, location, message);
    } else {
      errors_->AddError(file, -1, 0, message);
    }
    errors_->SetElement("");
  }

 private:
  SourceErrors* errors_;
  pb::DescriptorPool::ErrorCollector* located_;
};

int ImportLine(const pb::FileDescriptorProto& file, int index) {
  for (const auto& location : file.source_code_info().location()) {
    if (location.path_size() == 2 && location.path(0) == pb::FileDescriptorProto::kDependencyFieldNumber &&
        location.path(1) == index && location.span_size() > 0) {
      return location.span(0) + 1;
    }
  }
  return 0;
}

/// Reads files and what they import, imports first, and builds them in a pool.
class Loader {
 public:
  Loader(pb::DescriptorPool* pool, Diagnostics* diagnostics)
      : pool_(pool), diagnostics_(diagnostics), errors_(diagnostics) {
    pool_->EnforceWeakDependencies(true);
  }

  void AddRoots(const std::vector<std::string>& roots) {
    roots_ = roots;
    for (const std::string& root : roots) tree_.MapPath("", root);
  }

  /// Returns the names of the user's files in the set.
  std::vector<std::string> AddDescriptorSet(const std::string& path) {
    pb::FileDescriptorSet set;
    std::ifstream in(path, std::ios::binary);
    if (!in || !set.ParseFromIstream(&in)) {
      const char* problem = in.is_open() ? "is not a FileDescriptorSet" : "cannot be read";
      Report(path, 0, problem, "write it with `protoc --include_imports --include_source_info -o` or `buf build -o`");
      return {};
    }
    std::vector<std::string> names;
    for (pb::FileDescriptorProto& file : *set.mutable_file()) {
      const std::string name = file.name();
      if (const pb::FileDescriptor* own = OwnFile(name)) {
        CheckOptionNumbers(path, file, *own);
        continue;
      }
      const auto found = set_files_.find(name);
      if (found == set_files_.end()) {
        set_files_.emplace(name, std::make_unique<pb::FileDescriptorProto>(std::move(file)));
        names.push_back(name);
      } else if (FallbackFile(name) == nullptr && found->second->SerializeAsString() != file.SerializeAsString()) {
        Report(path, 0, absl::StrCat("holds ", name, ", which differs from that in another descriptor set"),
               "leave out one of the two");
      }
    }
    return names;
  }

  /// A name that descriptor sets and proto paths both claim is reported.
  void CheckNotInSet(const std::string& name) {
    if (set_files_.count(name) != 0 && FallbackFile(name) == nullptr) {
      Report(name, 0, "found both in a descriptor set and below a proto path", "leave out one of the two");
    }
  }

  /// Reads the file and all that it imports. Returns false when it cannot be used; that was reported.
  bool Load(const std::string& name) {
    const auto known = states_.find(name);
    if (known != states_.end()) return known->second == State::kBuilt;
    states_[name] = State::kLoading;
    stack_.push_back(name);
    const bool built = Build(name);
    stack_.pop_back();
    states_[name] = built ? State::kBuilt : State::kFailed;
    return built;
  }

  std::vector<const pb::FileDescriptor*> TakeFiles() { return std::move(files_); }

 private:
  enum class State { kLoading, kFailed, kBuilt };

  /// A file on its way into the pool, which copies what it needs of it. The parser's table of lines is keyed by the
  /// address of what it read, so the one ends with the other.
  struct Reading {
    std::unique_ptr<pb::FileDescriptorProto> proto;
    /// nullptr unless the file was parsed.
    std::unique_ptr<pb::compiler::SourceTreeDescriptorDatabase> parser;
    /// Of the parser: knows the lines.
    pb::DescriptorPool::ErrorCollector* lines = nullptr;
    /// It is out of the binary.
    bool held = false;
  };

  void Report(const std::string& file, int line, std::string problem, std::string remedy) {
    Diagnostic diagnostic;
    diagnostic.file = file;
    diagnostic.line = line;
    diagnostic.problem = std::move(problem);
    diagnostic.remedy = std::move(remedy);
    diagnostics_->Add(std::move(diagnostic));
  }

  bool IsOnPath(const std::string& name) {
    return std::unique_ptr<pb::io::ZeroCopyInputStream>(tree_.Open(name)) != nullptr;
  }

  /// The file to use out of the binary; nullptr for the user's.
  const pb::FileDescriptor* HeldFile(const std::string& name) {
    if (const pb::FileDescriptor* own = OwnFile(name)) return own;
    const pb::FileDescriptor* fallback = FallbackFile(name);
    return fallback != nullptr && set_files_.count(name) == 0 && !IsOnPath(name) ? fallback : nullptr;
  }

  bool Exists(const std::string& name) {
    return HeldFile(name) != nullptr || set_files_.count(name) != 0 || IsOnPath(name);
  }

  /// Without a proto where the file cannot be parsed; that was reported.
  Reading Read(const std::string& name) {
    Reading reading;
    const auto in_set = set_files_.find(name);
    if (const pb::FileDescriptor* held = HeldFile(name)) {
      reading.held = true;
      reading.proto = std::make_unique<pb::FileDescriptorProto>();
      held->CopyTo(reading.proto.get());
      held->CopyJsonNameTo(reading.proto.get());
    } else if (in_set != set_files_.end()) {
      reading.proto = std::move(in_set->second);
    } else {
      reading.parser = std::make_unique<pb::compiler::SourceTreeDescriptorDatabase>(&tree_);
      reading.parser->RecordErrorsTo(&errors_);
      reading.lines = reading.parser->GetValidationErrorCollector();  // has the parser note them
      reading.proto = std::make_unique<pb::FileDescriptorProto>();
      if (!reading.parser->FindFileByName(name, reading.proto.get())) reading.proto = nullptr;
    }
    return reading;
  }

  bool Build(const std::string& name) {
    const Reading reading = Read(name);
    if (reading.proto == nullptr || !LoadImports(*reading.proto)) return false;
    KeepLinesOfElements(reading.proto.get());
    PoolErrors errors(&errors_, reading.lines);
    const pb::FileDescriptor* file = pool_->BuildFileCollectingErrors(*reading.proto, &errors);
    if (file != nullptr && !reading.held) files_.push_back(file);
    return file != nullptr && CheckDate(*file);
  }

  /// Options of another release whose numbers are others would be left out without a word.
  void CheckOptionNumbers(const std::string& path, const pb::FileDescriptorProto& file, const pb::FileDescriptor& own) {
    for (const pb::FieldDescriptorProto& option : file.extension()) {
      const pb::FieldDescriptor* known = own.FindExtensionByName(option.name());
      if (known == nullptr || known->number() == option.number()) continue;
      Report(path, 0,
             absl::StrCat("was compiled with the ", file.name(), " of another release: (", known->full_name(), ") is ",
                          option.number(), " there and ", known->number(), " here"),
             absl::StrCat("compile it again with the ", file.name(), " of this release"));
      return;
    }
  }

  /// A date that is none would be misread without a word.
  bool CheckDate(const pb::FileDescriptor& file) {
    const pb::Descriptor* date = file.package() == "google.type" ? file.FindMessageTypeByName("Date") : nullptr;
    if (date == nullptr || IsDate(*date)) return true;
    Report(file.name(), 0,
           "google.type.Date is not that of googleapis, which has int32 year = 1, month = 2 and day = 3",
           "leave the file out, for the server has it, or use googleapis' own");
    return false;
  }

  bool LoadImports(const pb::FileDescriptorProto& file) {
    bool all = true;
    for (int i = 0; i < file.dependency_size(); ++i) {
      const std::string& import = file.dependency(i);
      const auto cycle = std::find(stack_.begin(), stack_.end(), import);
      if (cycle != stack_.end()) {
        Report(
            file.name(), ImportLine(file, i),
            absl::StrCat("the file imports itself (", absl::StrJoin(cycle, stack_.end(), " -> "), " -> ", import, ")"),
            "move what both need into a third file");
        all = false;
      } else if (!Exists(import)) {
        Report(file.name(), ImportLine(file, i), absl::StrCat("import \"", import, "\" cannot be found"),
               MissingImportRemedy(file.name()));
        all = false;
      } else {
        all = Load(import) && all;
      }
    }
    return all;
  }

  std::string MissingImportRemedy(const std::string& file) const {
    if (set_files_.count(file) != 0) {
      return "write the descriptor set with all imports (`protoc --include_imports -o` or `buf build -o`)";
    }
    return absl::StrCat("correct the name or add the proto path that holds it (searched: ", absl::StrJoin(roots_, ", "),
                        ")");
  }

  pb::DescriptorPool* pool_;
  Diagnostics* diagnostics_;
  SourceErrors errors_;
  pb::compiler::DiskSourceTree tree_;
  std::vector<std::string> roots_;
  /// Of descriptor sets; without a proto once the file is built.
  std::map<std::string, std::unique_ptr<pb::FileDescriptorProto>> set_files_;
  std::map<std::string, State> states_;
  std::vector<std::string> stack_;
  std::vector<const pb::FileDescriptor*> files_;
};

}  // namespace

struct Source::Impl {
  pb::DescriptorPool pool;
  std::vector<const pb::FileDescriptor*> files;
};

Source::Source(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Source::~Source() = default;

const pb::DescriptorPool& Source::pool() const { return impl_->pool; }
const std::vector<const pb::FileDescriptor*>& Source::files() const { return impl_->files; }

std::unique_ptr<Source> Source::Load(const SourceOptions& options, Diagnostics* diagnostics) {
  Diagnostics found;
  auto impl = std::make_unique<Impl>();
  {
    Loader loader(&impl->pool, &found);
    const std::vector<std::string> roots = ExistingProtoPaths(options.proto_paths, &found);
    loader.AddRoots(roots);
    std::vector<std::string> names;
    for (const std::string& path : options.descriptor_sets) {
      for (std::string& name : loader.AddDescriptorSet(path)) names.push_back(std::move(name));
    }
    const std::vector<std::string> proto_files =
        options.files.empty() ? FindProtoFiles(roots, &found) : ResolveProtoFiles(roots, options.files, &found);
    for (const std::string& name : proto_files) {
      if (OwnFile(name) != nullptr) continue;
      loader.CheckNotInSet(name);
      names.push_back(name);
    }
    if (names.empty() && found.ok()) {
      Diagnostic nothing;
      nothing.file = absl::StrJoin(roots, ", ");
      nothing.problem = "there are no .proto files";
      nothing.remedy = "give a proto path that holds your .proto files, or a descriptor set";
      found.Add(std::move(nothing));
    }
    for (const std::string& name : names) loader.Load(name);
    impl->files = loader.TakeFiles();
  }
  for (Diagnostic& diagnostic : found.Sorted()) diagnostics->Add(std::move(diagnostic));
  if (!found.ok()) return nullptr;
  return std::unique_ptr<Source>(new Source(std::move(impl)));
}

}  // namespace rowkeeper::catalogue
