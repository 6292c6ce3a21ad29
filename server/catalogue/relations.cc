#include "server/catalogue/relations.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/options.h"
#include "server/catalogue/references.h"
#include "server/catalogue/relation_order.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

constexpr int kMaxLimit = 1000;

v1::RelationOptions RelationOptionsOf(const pb::FieldDescriptor& field) {
  return ReadOptions(field).GetExtension(v1::relation);
}

/// Columns of `holder` that reference `target`.
std::vector<int> ReferencesTo(const Entity& holder, const Entity& target) {
  std::vector<int> columns;
  for (size_t i = 0; i < holder.columns.size(); ++i) {
    const auto& reference = holder.columns[i].reference;
    if (reference && reference->entity == &target) columns.push_back(static_cast<int>(i));
  }
  return columns;
}

std::string ListFields(const Entity& entity, const std::vector<int>& columns) {
  return absl::StrJoin(entity.FieldNames(columns), ", ");
}

/// Whether at most one row that is not deleted has a given value in `column`.
bool IsUnique(const Entity& entity, int column) {
  const std::vector<int> alone = {column};
  return entity.key == alone || std::any_of(entity.unique_keys.begin(), entity.unique_keys.end(),
                                            [&](const UniqueKey& key) { return key.columns == alone; });
}

/// Compiles the relation of one field.
class RelationCompiler {
 public:
  RelationCompiler(const EntitiesByName& entities, const Entity& entity, const pb::FieldDescriptor& field,
                   Diagnostics* diagnostics)
      : entities_(entities),
        entity_(entity),
        field_(field),
        options_(RelationOptionsOf(field)),
        diagnostics_(diagnostics) {
    relation_.field = &field;
    relation_.to_many = field.is_repeated();
  }

  /// False when there is a mistake, which was reported.
  bool Compile() {
    CheckField();
    relation_.target = FindEntity("", field_.message_type()->full_name());
    if (relation_.target == nullptr) return false;
    if (relation_.target->key.empty() || entity_.key.empty()) return false;  // Reported with that entity.
    CheckOptionsFit();
    Link();
    if (relation_.to_many) ApplyListOptions();
    return good_;
  }

  Relation Take() { return std::move(relation_); }

 private:
  void Error(std::string problem, std::string remedy) {
    diagnostics_->Error(field_, std::move(problem), std::move(remedy));
    good_ = false;
  }

  void CheckField() {
    if (ReadOptions(field_).HasExtension(v1::column)) {
      Error(absl::StrCat("the field holds rows of ", field_.message_type()->full_name(),
                         ", so (rowkeeper.v1.column) has no effect"),
            "remove it, or write (rowkeeper.v1.relation)");
    }
    if (field_.real_containing_oneof() != nullptr) {
      Error("a relation cannot be a member of a oneof", "move the field out of the oneof");
    }
    if (field_.is_required()) Error("a relation cannot be `required`", "write `optional`");
  }

  /// nullptr when the catalogue has no such entity; `option` says where the name stands.
  const Entity* FindEntity(absl::string_view option, const std::string& full_name) {
    const std::string name(absl::StripPrefix(full_name, "."));
    const auto found = entities_.find(name);
    if (found != entities_.end()) return found->second;
    if (option.empty()) {
      Error(absl::StrCat("the entity ", name, " is not in this catalogue"), "compile its file too");
    } else {
      Error(absl::StrCat("`", option, "` names \"", full_name, "\", which is not an entity"),
            UnknownEntityRemedy(entities_, *field_.file()->pool(), name));
    }
    return nullptr;
  }

  void RefuseIf(bool given, absl::string_view option, absl::string_view reason) {
    if (given) Error(absl::StrCat("`", option, "` ", reason), absl::StrCat("remove `", option, "`"));
  }

  void CheckOptionsFit() {
    const bool through = !options_.through().empty();
    if (!relation_.to_many) {
      constexpr absl::string_view kMany = "is for repeated fields only";
      RefuseIf(through, "through", kMany);
      RefuseIf(!options_.order_by().empty(), "order_by", kMany);
      RefuseIf(!options_.filter().empty(), "filter", kMany);
      RefuseIf(options_.limit() != 0, "limit", kMany);
    }
    RefuseIf(relation_.to_many && !options_.field().empty(), "field",
             "is for fields that are not repeated; the rows of a repeated one hold this entity's key");
    RefuseIf(!relation_.to_many && !options_.field().empty() && !options_.inverse_field().empty(), "inverse_field",
             "says that the other row holds the key, and `field` that this one does");
    RefuseIf(!through && !options_.through_field().empty(), "through_field", "needs `through`");
  }

  void Link() {
    if (!good_) return;
    if (!options_.through().empty()) {
      LinkThrough();
    } else if (relation_.to_many || !options_.inverse_field().empty()) {
      LinkInverse();
    } else {
      LinkReference();
    }
  }

  void LinkReference() {
    const std::vector<int> own = ReferencesTo(entity_, *relation_.target);
    if (own.empty() && options_.field().empty()) return LinkInverse();
    relation_.kind = Relation::Kind::kReference;
    relation_.column =
        Choose("field", options_.field(), entity_, *relation_.target, own, absl::StrCat(field_.name(), "_id"));
    relation_.target_column = ReferencedBy(entity_, relation_.column);
  }

  /// The column that `column` of `holder` references; -1 for none.
  static int ReferencedBy(const Entity& holder, int column) {
    return column < 0 ? -1 : holder.columns[column].reference->column;
  }

  void LinkInverse() {
    relation_.kind = Relation::Kind::kInverse;
    const Entity& target = *relation_.target;
    std::vector<int> theirs = ReferencesTo(target, entity_);
    if (!relation_.to_many && options_.inverse_field().empty()) {
      theirs.erase(std::remove_if(theirs.begin(), theirs.end(), [&](int column) { return !IsUnique(target, column); }),
                   theirs.end());
      if (theirs.empty()) {
        return Error(absl::StrCat("no field of ", entity_.full_name, " references ", target.full_name),
                     absl::StrCat("add one with `references: \"", target.full_name,
                                  "\"`, or write `repeated` if rows of that entity reference this one"));
      }
    }
    relation_.target_column = Choose("inverse_field", options_.inverse_field(), target, entity_, theirs, "");
    relation_.column = ReferencedBy(target, relation_.target_column);
    if (!good_ || relation_.to_many || IsUnique(target, relation_.target_column)) return;
    const std::string& name = target.columns[relation_.target_column].field->name();
    Error(absl::StrCat("several rows of ", target.full_name, " can have the same ", name),
          absl::StrCat("write `repeated`, or make ", name, " unique"));
  }

  void LinkThrough() {
    relation_.kind = Relation::Kind::kThrough;
    relation_.through = FindEntity("through", options_.through());
    if (relation_.through == nullptr) return;
    const Entity& through = *relation_.through;
    relation_.through_column =
        Choose("inverse_field", options_.inverse_field(), through, entity_, ReferencesTo(through, entity_), "");
    relation_.through_target_column = Choose("through_field", options_.through_field(), through, *relation_.target,
                                             ReferencesTo(through, *relation_.target), "");
    relation_.column = ReferencedBy(through, relation_.through_column);
    relation_.target_column = ReferencedBy(through, relation_.through_target_column);
    if (good_ && relation_.through_column == relation_.through_target_column) {
      Error(absl::StrCat("the same field of ", through.full_name, " cannot hold both keys"),
            absl::StrCat("name two of ", ListFields(through, ReferencesTo(through, entity_)),
                         " as inverse_field and through_field"));
    }
  }

  /// The column of `holder` that references `target`: the named one, or the only one of `fitting`, or the one
  /// called `by_name`.
  int Choose(absl::string_view option, const std::string& named, const Entity& holder, const Entity& target,
             const std::vector<int>& fitting, const std::string& by_name) {
    const std::string choices = ListFields(holder, fitting);
    if (fitting.empty()) {
      Error(absl::StrCat("no field of ", holder.full_name, " references ", target.full_name),
            absl::StrCat("add one with `references: \"", target.full_name, "\"`"));
      return -1;
    }
    const auto is_named = [&holder](const std::string& name) {
      return [&holder, &name](int column) { return holder.columns[column].field->name() == name; };
    };
    if (!named.empty()) {
      const auto found = std::find_if(fitting.begin(), fitting.end(), is_named(named));
      if (found != fitting.end()) return *found;
      Error(absl::StrCat("`", option, "` names \"", named, "\", which is no field of ", holder.full_name,
                         " that references ", target.full_name),
            absl::StrCat("write ", fitting.size() > 1 ? "one of " : "", choices));
      return -1;
    }
    if (fitting.size() == 1) return fitting.front();
    const auto found = std::find_if(fitting.begin(), fitting.end(), is_named(by_name));
    if (found != fitting.end()) return *found;
    Error(absl::StrCat("several fields of ", holder.full_name, " reference ", target.full_name),
          absl::StrCat("name one of them as `", option, "`: ", choices));
    return -1;
  }

  void ApplyListOptions() {
    relation_.order = CompileRelationOrder(field_, options_.order_by(), *relation_.target, diagnostics_);
    relation_.filter = options_.filter();
    if (options_.limit() < 0 || options_.limit() > kMaxLimit) {
      Error(absl::StrCat("limit ", options_.limit(), " is out of range"),
            absl::StrCat("write 1 to ", kMaxLimit, ", or nothing for ", relation_.limit));
    } else if (options_.limit() > 0) {
      relation_.limit = options_.limit();
    }
  }

  const EntitiesByName& entities_;
  const Entity& entity_;
  const pb::FieldDescriptor& field_;
  const v1::RelationOptions options_;
  Diagnostics* diagnostics_;
  Relation relation_;
  bool good_ = true;
};

}  // namespace

bool IsRelation(const pb::FieldDescriptor& field) {
  return field.type() == pb::FieldDescriptor::TYPE_MESSAGE && !field.is_map() && IsEntity(*field.message_type());
}

void CompileRelations(const EntitiesByName& entities, Entity* entity, Diagnostics* diagnostics) {
  for (int i = 0; i < entity->message->field_count(); ++i) {
    const pb::FieldDescriptor& field = *entity->message->field(i);
    if (!IsRelation(field)) continue;
    RelationCompiler compiler(entities, *entity, field, diagnostics);
    if (compiler.Compile()) entity->relations.push_back(compiler.Take());
  }
}

void CheckNoRelationOption(const pb::FieldDescriptor& field, Diagnostics* diagnostics) {
  if (!ReadOptions(field).HasExtension(v1::relation)) return;
  diagnostics->Error(field, "(rowkeeper.v1.relation) is for fields that hold an entity",
                     "remove it, or change the field's type");
}

}  // namespace rowkeeper::catalogue
