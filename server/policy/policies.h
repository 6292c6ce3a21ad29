#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/identity/identity.h"
#include "server/net/file_watch.h"
#include "server/observe/counter.h"
#include "server/policy/allow_list.h"
#include "server/policy/feature.h"
#include "server/policy/field_rules.h"
#include "server/policy/policy_file.h"

namespace rowkeeper::policy {

/// The lists of a catalogue.
struct CataloguePolicy {
  /// By Feature.
  std::array<std::optional<Rule>, kFeatures> features;
  /// All methods of all repositories by full name, with the method's list or else its repository's.
  std::vector<std::pair<std::string, std::optional<Rule>>> methods;
  /// All fields of all entities that are columns, by their numbers.
  std::vector<FieldLists> fields;

  /// Whether there is any list but those of fields, which close these fields and nothing else.
  bool any() const;
  bool any_of_fields() const;
};

/// One of the things that are decided about. Refers to a Policies, and costs nothing to copy.
class Subject {
 public:
  /// Nothing, which nobody may use.
  Subject() = default;
  /// nullopt for a method.
  std::optional<Feature> feature() const;

 private:
  friend class Policies;
  explicit Subject(int index) : index_(index) {}

  int index_ = -1;
};

/// What a side, catalogue or file, says about a caller and a subject.
struct Opinion {
  bool admits = false;
  /// "shop/v1/product.proto:12 allows role:billing", for people.
  std::string why;
};

struct Decision {
  Opinion catalogue;
  Opinion file;

  bool allowed() const { return catalogue.admits && file.admits; }
};

/// To how many callers something is open.
enum class Reach : uint8_t {
  kNobody,
  kSome,
  kEveryone,  ///< with an identity and without one, whoever they are
};

struct PolicyStats {
  /// How often another file was taken, the first one included.
  uint64_t loads_total = 0;
  /// Problems that kept a changed file from being taken; each counts once.
  uint64_t load_failures_total = 0;
};

/// Decides who may call what. Both sides have to allow it: the catalogue, unless it has no list at all, and the
/// operator's file, if one is given. What a side has no list for is for nobody, but for fields, which are then for
/// everybody who may call the method. The file is looked at every second: a good one takes the place of that in use,
/// another one leaves it as it is. Thread-safe; no decision waits.
class Policies {
 public:
  struct Options {
    CataloguePolicy catalogue;
    /// Empty: none.
    std::string file;
    /// kNever: for commands.
    enum class Watch : uint8_t { kEverySecond, kNever } watch = Watch::kEverySecond;
  };
  /// Null when there is nothing to decide: no list, not even of a field, and no file. `clock` outlives the result.
  /// Errors: those of net::ReadNamedFile and PolicyFile::Parse.
  static absl::StatusOr<std::unique_ptr<Policies>> Open(Options options, Clock* clock);
  Policies(const Policies&) = delete;
  Policies& operator=(const Policies&) = delete;

  /// False where only fields have lists, so that everybody may call and use everything else.
  bool decides_calls() const { return declares_ || !file_.empty(); }
  /// Whether the file has lists for fields now.
  bool file_has_fields() const;
  Subject Of(Feature feature) const { return Subject(static_cast<int>(feature)); }
  /// "shop.v1.ProductRepository.Create"; for one that no repository has, the Subject that nobody may use.
  Subject Of(std::string_view method) const;

  /// Whether `caller` (null: anonymous) may. Allocates nothing.
  bool Allows(Subject subject, const identity::Identity* caller) const;
  /// The same, with reasons.
  Decision Decide(Subject subject, const identity::Identity* caller) const;
  Reach ReachOf(Subject subject) const;

  /// What `caller` (null: anonymous) may do with fields from now on until the file changes.
  FieldAccess FieldsOf(identity::SharedIdentity caller) const;
  /// The same of one field, by its number, with reasons. A side without a list for it admits everybody.
  Decision DecideField(FieldUse use, int field, const identity::Identity* caller) const;
  Reach ReachOfField(FieldUse use, int field) const;
  /// By number.
  const std::vector<FieldLists>& fields() const { return fields_; }

  /// The methods, in the order of the catalogue.
  const std::vector<std::string>& methods() const { return methods_; }
  PolicyStats stats() const;

 private:
  /// What the file says, by subject; null: nobody.
  struct InUse {
    std::string text;
    std::vector<SharedRule> rules;
    /// By field.
    std::vector<SharedRule> reads;
    std::vector<SharedRule> writes;

    const SharedRule& OfField(FieldUse use, int field) const {
      return (use == FieldUse::kRead ? reads : writes)[static_cast<size_t>(field)];
    }
  };

  explicit Policies(Options options);
  /// Reads the file and takes it if it is new.
  absl::Status Look();
  std::shared_ptr<const InUse> in_use() const;
  /// The lists for fields of the catalogue and of `file`, which may be null; null: there are none.
  std::shared_ptr<const FieldRules> MakeFieldRules(const InUse* file) const;
  std::shared_ptr<const FieldRules> field_rules() const;
  /// That of the catalogue; null: it has none.
  const Rule* Declared(Subject subject) const;

  const std::string file_;
  /// Whether the catalogue has any list.
  const bool declares_;
  /// By Subject.
  std::vector<std::optional<Rule>> declared_;
  std::vector<std::string> methods_;
  std::vector<FieldLists> fields_;
  /// Those of the catalogue alone.
  std::shared_ptr<const FieldRules> declared_field_rules_;
  absl::flat_hash_map<std::string, int> by_name_;
  observe::Counter loads_;

  mutable absl::Mutex mutex_;
  /// Null without a file.
  std::shared_ptr<const InUse> in_use_ ABSL_GUARDED_BY(mutex_);
  /// With a file; null where no field has a list.
  std::shared_ptr<const FieldRules> field_rules_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<net::FileWatch> watch_;
};

}  // namespace rowkeeper::policy
