#include "server/policy/policies.h"

#include <algorithm>

#include "server/base/text.h"
#include "server/net/named_file.h"
#include "server/observe/log.h"
#include "server/policy/reach.h"

namespace rowkeeper::policy {
namespace {

using identity::Identity;
using observe::Log;
using observe::LogLevel;

Opinion OpinionOf(const Rule& rule, const Identity* caller) {
  const Principal* const found = rule.list.Find(caller);
  if (found != nullptr) return {true, Cat(rule.place, " allows ", found->text())};
  return {false, Cat(rule.place, " allows ", rule.list.ToString(), rule.list.principals().empty() ? "" : " only")};
}

void LogInUse(const std::string& path) { Log(LogLevel::kInfo, "policy file in use", {{"path", path}}); }

}  // namespace

bool CataloguePolicy::any() const {
  return std::any_of(features.begin(), features.end(), [](const auto& rule) { return rule.has_value(); }) ||
         std::any_of(methods.begin(), methods.end(), [](const auto& method) { return method.second.has_value(); });
}

bool CataloguePolicy::any_of_fields() const {
  return std::any_of(fields.begin(), fields.end(),
                     [](const FieldLists& field) { return field.read != nullptr || field.write != nullptr; });
}

std::optional<Feature> Subject::feature() const {
  if (index_ < 0 || static_cast<size_t>(index_) >= kFeatures) return std::nullopt;
  return static_cast<Feature>(index_);
}

Policies::Policies(Options options) : file_(std::move(options.file)), declares_(options.catalogue.any()) {
  for (std::optional<Rule>& rule : options.catalogue.features) declared_.push_back(std::move(rule));
  for (auto& [name, rule] : options.catalogue.methods) {
    by_name_.emplace(name, static_cast<int>(declared_.size()));
    methods_.push_back(std::move(name));
    declared_.push_back(std::move(rule));
  }
  fields_ = std::move(options.catalogue.fields);
  declared_field_rules_ = MakeFieldRules(nullptr);
}

absl::StatusOr<std::unique_ptr<Policies>> Policies::Open(Options options, Clock* clock) {
  if (options.file.empty() && !options.catalogue.any() && !options.catalogue.any_of_fields()) return nullptr;
  const bool watched = !options.file.empty() && options.watch == Options::Watch::kEverySecond;
  std::unique_ptr<Policies> policies(new Policies(std::move(options)));
  if (policies->file_.empty()) return policies;
  if (absl::Status status = policies->Look(); !status.ok()) return status;
  if (!watched) return policies;
  LogInUse(policies->file_);
  const auto tell = [](const std::string& problem) {
    Log(LogLevel::kError, "the policy file cannot be used; that read before stays in use", {{"problem", problem}});
  };
  Policies* const self = policies.get();
  const auto look = [self] {
    const uint64_t before = self->loads_.value();
    absl::Status status = self->Look();
    if (self->loads_.value() != before) LogInUse(self->file_);
    return status;
  };
  policies->watch_ = std::make_unique<net::FileWatch>(net::FileWatch::Callbacks{look, tell}, clock);
  return policies;
}

std::shared_ptr<const Policies::InUse> Policies::in_use() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return in_use_;
}

absl::Status Policies::Look() {
  absl::StatusOr<net::FileText> file = net::ReadNamedFile({kPolicyFlag, file_});
  if (!file.ok()) return file.status();
  if (const auto now = in_use(); now != nullptr && now->text == file->text) return absl::OkStatus();
  const absl::StatusOr<PolicyFile> parsed = PolicyFile::Parse(file_, file->text, {methods_, fields_});
  if (!parsed.ok()) return parsed.status();
  auto taken = std::make_shared<InUse>();
  taken->text = std::move(file->text);
  for (size_t i = 0; i < kFeatures; ++i) taken->rules.push_back(parsed->OfFeature(static_cast<Feature>(i)));
  for (const std::string& method : methods_) taken->rules.push_back(parsed->OfMethod(method));
  for (const FieldLists& field : fields_) {
    taken->reads.push_back(parsed->OfField(FieldUse::kRead, field));
    taken->writes.push_back(parsed->OfField(FieldUse::kWrite, field));
  }
  loads_.Add();
  std::shared_ptr<const FieldRules> rules = MakeFieldRules(taken.get());
  std::shared_ptr<const InUse> next = std::move(taken);
  const absl::MutexLock lock(&mutex_);
  in_use_.swap(next);
  field_rules_.swap(rules);
  return absl::OkStatus();
}

std::shared_ptr<const FieldRules> Policies::MakeFieldRules(const InUse* file) const {
  std::vector<FieldRules::Field> rules;
  std::vector<std::string> names;
  bool any = false;
  for (size_t i = 0; i < fields_.size(); ++i) {
    FieldRules::Field rule;
    rule.entity = fields_[i].entity;
    const auto add = [&any](const SharedRule& list, std::vector<SharedRule>* lists) {
      if (list == nullptr) return;
      lists->push_back(list);
      any = true;
    };
    add(fields_[i].read, &rule.read);
    add(fields_[i].write, &rule.write);
    if (file != nullptr) add(file->reads[i], &rule.read);
    if (file != nullptr) add(file->writes[i], &rule.write);
    rules.push_back(std::move(rule));
    names.push_back(fields_[i].name);
  }
  if (!any) return nullptr;
  return std::make_shared<const FieldRules>(std::move(rules), std::move(names));
}

std::shared_ptr<const FieldRules> Policies::field_rules() const {
  if (file_.empty()) return declared_field_rules_;
  const absl::ReaderMutexLock lock(&mutex_);
  return field_rules_;
}

bool Policies::file_has_fields() const {
  const auto file = in_use();
  const auto has_list = [](const SharedRule& rule) { return rule != nullptr; };
  return file != nullptr && (std::any_of(file->reads.begin(), file->reads.end(), has_list) ||
                             std::any_of(file->writes.begin(), file->writes.end(), has_list));
}

FieldAccess Policies::FieldsOf(identity::SharedIdentity caller) const {
  std::shared_ptr<const FieldRules> rules = field_rules();
  if (rules == nullptr) return {};
  return FieldAccess(std::move(rules), std::move(caller));
}

Decision Policies::DecideField(FieldUse use, int field, const Identity* caller) const {
  Decision decision{{true, "the catalogue has no list for it"}, {true, "there is no policy file"}};
  const SharedRule& declared = fields_[static_cast<size_t>(field)].Of(use);
  if (declared != nullptr) decision.catalogue = OpinionOf(*declared, caller);
  if (const auto file = in_use(); file != nullptr) {
    const SharedRule& rule = file->OfField(use, field);
    decision.file = rule != nullptr ? OpinionOf(*rule, caller) : Opinion{true, Cat(file_, " has no list for it")};
  }
  return decision;
}

Reach Policies::ReachOfField(FieldUse use, int field) const {
  const auto rules = field_rules();
  if (rules == nullptr) return Reach::kEveryone;
  std::vector<const AllowList*> lists;
  for (const SharedRule& rule : rules->fields()[static_cast<size_t>(field)].Of(use)) lists.push_back(&rule->list);
  return ReachOfAll(lists);
}

Subject Policies::Of(std::string_view method) const {
  const auto found = by_name_.find(ToAbsl(method));
  return found == by_name_.end() ? Subject() : Subject(found->second);
}

const Rule* Policies::Declared(Subject subject) const {
  const std::optional<Rule>& rule = declared_[static_cast<size_t>(subject.index_)];
  return rule.has_value() ? &*rule : nullptr;
}

bool Policies::Allows(Subject subject, const Identity* caller) const {
  if (subject.index_ < 0) return false;
  if (declares_) {
    const Rule* const declared = Declared(subject);
    if (declared == nullptr || !declared->list.Admits(caller)) return false;
  }
  if (file_.empty()) return true;
  const absl::ReaderMutexLock lock(&mutex_);
  const SharedRule& rule = in_use_->rules[static_cast<size_t>(subject.index_)];
  return rule != nullptr && rule->list.Admits(caller);
}

Decision Policies::Decide(Subject subject, const Identity* caller) const {
  Decision decision{{true, "the catalogue has no lists"}, {true, "there is no policy file"}};
  if (subject.index_ < 0) return {{false, "the catalogue has no such method"}, {false, ""}};
  if (declares_) {
    const Rule* const declared = Declared(subject);
    decision.catalogue = declared != nullptr ? OpinionOf(*declared, caller)
                                             : Opinion{false, "the catalogue has no list for it, so nobody may"};
  }
  if (const auto file = in_use(); file != nullptr) {
    const SharedRule& rule = file->rules[static_cast<size_t>(subject.index_)];
    decision.file =
        rule != nullptr ? OpinionOf(*rule, caller) : Opinion{false, Cat(file_, " has no list for it, so nobody may")};
  }
  return decision;
}

Reach Policies::ReachOf(Subject subject) const {
  static const AllowList* const nobody = new AllowList;
  std::vector<const AllowList*> lists;
  if (subject.index_ < 0) return Reach::kNobody;
  if (declares_) {
    const Rule* const declared = Declared(subject);
    lists.push_back(declared == nullptr ? nobody : &declared->list);
  }
  const auto file = in_use();
  if (file != nullptr) {
    const SharedRule& rule = file->rules[static_cast<size_t>(subject.index_)];
    lists.push_back(rule == nullptr ? nobody : &rule->list);
  }
  return ReachOfAll(lists);
}

PolicyStats Policies::stats() const {
  PolicyStats stats;
  stats.loads_total = loads_.value();
  stats.load_failures_total = watch_ == nullptr ? 0 : watch_->problems();
  return stats;
}

}  // namespace rowkeeper::policy
