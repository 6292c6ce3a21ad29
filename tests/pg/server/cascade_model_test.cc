#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "tests/pg/server/cascade_fixture.h"

namespace rowkeeper::testing {
namespace {

/// The rules of proto/reference/deletes.md over rows in memory.
class Model {
 public:
  enum class Action { kRestrict, kCascade, kSetNull };
  enum class Keeps { kNothing, kFlag, kTime };
  struct Reference {
    std::string column;
    Action action = Action::kRestrict;
    int row = -1;
  };
  struct Row {
    std::string table;
    std::string key;
    Keeps keeps = Keeps::kTime;
    std::vector<Reference> references = {};
    bool deleted = false;
    int time = 0;
  };
  using Set = std::set<int>;

  int Add(Row row) {
    rows_.push_back(std::move(row));
    return static_cast<int>(rows_.size()) - 1;
  }
  std::vector<Row>& rows() { return rows_; }

  /// False when a reference forbids it.
  bool Delete(const Set& targets) {
    ++now_;
    Set doomed = targets;
    for (bool more = true; more;) {
      more = false;
      for (int i = 0; i < size(); ++i) {
        const bool joins = rows_[i].keeps != Keeps::kNothing && !rows_[i].deleted && doomed.count(i) == 0 &&
                           RefersTo(rows_[i], doomed, {Action::kCascade});
        if (joins) more = doomed.insert(i).second;
      }
    }
    for (int i = 0; i < size(); ++i) {
      if (!rows_[i].deleted && doomed.count(i) == 0 && RefersTo(rows_[i], doomed, {Action::kRestrict})) return false;
    }
    for (int i = 0; i < size(); ++i) {
      if (doomed.count(i) > 0) {
        rows_[i].deleted = true;
        rows_[i].time = now_;
        continue;
      }
      if (rows_[i].deleted) continue;
      for (Reference& reference : rows_[i].references) {
        if (reference.action == Action::kSetNull && doomed.count(reference.row) > 0) reference.row = -1;
      }
    }
    return true;
  }

  bool Restore(const Set& targets) {
    Set reached = targets;
    for (bool more = true; more;) {
      more = false;
      for (int i = 0; i < size(); ++i) {
        if (!rows_[i].deleted || reached.count(i) > 0 || !WentWith(rows_[i], reached)) continue;
        more = reached.insert(i).second;
      }
    }
    Set held;
    for (bool more = true; more;) {
      more = false;
      for (int i : reached) {
        if (held.count(i) == 0 && HasDeletedParent(rows_[i], reached, held)) more = held.insert(i).second;
      }
    }
    for (int target : targets) {
      if (held.count(target) > 0) return false;
    }
    for (int i : reached) {
      if (held.count(i) == 0) rows_[i].deleted = false;
    }
    return true;
  }

 private:
  int size() const { return static_cast<int>(rows_.size()); }

  static bool RefersTo(const Row& row, const Set& others, const std::set<Action>& actions) {
    return std::any_of(row.references.begin(), row.references.end(), [&](const Reference& reference) {
      return actions.count(reference.action) > 0 && others.count(reference.row) > 0;
    });
  }

  bool WentWith(const Row& row, const Set& reached) const {
    return std::any_of(row.references.begin(), row.references.end(), [&](const Reference& reference) {
      if (reference.action != Action::kCascade || reached.count(reference.row) == 0) return false;
      return row.keeps == Keeps::kFlag || row.time == rows_[reference.row].time;
    });
  }

  bool HasDeletedParent(const Row& row, const Set& reached, const Set& held) const {
    return std::any_of(row.references.begin(), row.references.end(), [&](const Reference& reference) {
      if (reference.action == Action::kSetNull || reference.row < 0 || !rows_[reference.row].deleted) return false;
      return reached.count(reference.row) == 0 || held.count(reference.row) > 0;
    });
  }

  std::vector<Row> rows_;
  int now_ = 0;
};

using Action = Model::Action;
using Keeps = Model::Keeps;

class CascadeModelTest : public CascadeTest {
 protected:
  int Pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  int PickOf(const std::string& table) {
    std::vector<int> rows;
    for (int i = 0; i < static_cast<int>(model_.rows().size()); ++i) {
      if (model_.rows()[i].table == table) rows.push_back(i);
    }
    return rows[Pick(static_cast<int>(rows.size()))];
  }
  int MaybeOf(const std::string& table) { return Pick(3) == 0 ? -1 : PickOf(table); }

  /// How a row of `table` refers to one of those rows: by its key.
  virtual std::string Referenced(const std::string& /*table*/, const std::string& /*column*/, int row) {
    return model_.rows()[row].key;
  }
  /// What a row holds beside its key: `, number` and its value.
  virtual std::pair<std::string, std::string> MoreOf(const std::string& /*table*/, const std::string& /*key*/) {
    return {};
  }

  static std::string Literal(const std::string& key) { return Cat("'", key, "'"); }
  std::string KeyOf(int row) { return row < 0 ? "NULL" : Literal(model_.rows()[row].key); }

  /// Adds a row to the model and to the database.
  int Add(const std::string& table, const std::string& key, Keeps keeps, std::vector<Model::Reference> references,
          const std::string& key_column = "id") {
    const auto [more_columns, more_values] = MoreOf(table, key);
    std::string columns = key_column + more_columns, values = Literal(key) + more_values;
    for (const Model::Reference& reference : references) {
      columns += ", " + reference.column;
      values += reference.row < 0 ? ", NULL" : ", " + Literal(Referenced(table, reference.column, reference.row));
    }
    if (keeps == Keeps::kFlag) {
      columns += ", is_deleted";
      values += ", false";
    }
    Run(Cat("INSERT INTO ", table, " (", columns, ") VALUES (", values, ")"));
    return model_.Add({table, key, keeps, std::move(references)});
  }

  void Grow() {
    model_ = Model();
    Run("TRUNCATE orgs, lefts, rights CASCADE");
    for (int i = 1; i <= 3; ++i) Add("orgs", Cat(i), Keeps::kTime, {});
    for (int i = 10; i < 20; ++i) {
      const int parent = i == 10 ? -1 : MaybeOf("teams");
      Add("teams", Cat(i), Keeps::kTime,
          {{"org_id", Action::kCascade, PickOf("orgs")}, {"parent_id", Action::kCascade, parent}});
    }
    for (int i = 1; i <= 14; ++i) {
      Add("members", Id(i), Keeps::kTime,
          {{"team_id", Action::kCascade, PickOf("teams")},
           {"buddy_id", Action::kSetNull, i == 1 ? -1 : MaybeOf("members")}});
    }
    for (int i = 1; i <= 10; ++i)
      Add("badges", Cat(i), Keeps::kFlag, {{"member_id", Action::kCascade, PickOf("members")}});
    for (int i = 1; i <= 4; ++i)
      Add("labels", Cat("label ", i), Keeps::kTime, {{"org_id", Action::kCascade, PickOf("orgs")}}, "code");
    for (int i = 1; i <= 6; ++i)
      Add("tags", Cat(i), Keeps::kTime, {{"label_code", Action::kCascade, PickOf("labels")}});
    for (int i = 1; i <= 6; ++i) {
      Add("memos", Cat(i), Keeps::kNothing,
          {{"team_id", Action::kSetNull, MaybeOf("teams")}, {"org_id", Action::kSetNull, MaybeOf("orgs")}});
    }
    Add("invoices", "1", Keeps::kTime, {{"org_id", Action::kRestrict, PickOf("orgs")}});
    Add("ledgers", "1", Keeps::kNothing, {{"team_id", Action::kRestrict, PickOf("teams")}});
    AddPairs();
  }

  /// Their keys are their references.
  void AddPairs() {
    std::set<std::string> seen;
    for (int i = 0; i < 8; ++i) {
      const int a = PickOf("members"), b = PickOf("members");
      const std::string key = Cat(model_.rows()[a].key, " ", model_.rows()[b].key);
      if (!seen.insert(key).second) continue;
      Run(Cat("INSERT INTO pairs (a_id, b_id) VALUES (", KeyOf(a), ", ", KeyOf(b), ")"));
      model_.Add({"pairs", key, Keeps::kTime, {{"a_id", Action::kCascade, a}, {"b_id", Action::kCascade, b}}});
    }
  }

  /// "teams 12 live 1 10": every row as the database has it, and as the model says.
  std::set<std::string> Stored() {
    std::set<std::string> rows;
    const auto take = [&rows](const std::string& table, const std::string& key, const std::string& live,
                              const std::string& references) {
      const Json all =
          Json::parse(Value(Cat("SELECT coalesce(json_agg(concat_ws(' ', '", table, "', ", key, ", CASE WHEN ", live,
                                " THEN 'live' ELSE 'gone' END", references, ")), '[]') FROM ", table)));
      for (const Json& row : all) rows.insert(row.get<std::string>());
    };
    const std::string live = "deleted_at IS NULL";
    take("orgs", "id", live, "");
    take("teams", "id", live, ", org_id, coalesce(parent_id::text, '-')");
    take("members", "id", live, ", team_id, coalesce(buddy_id::text, '-')");
    take("badges", "id", "NOT is_deleted", ", member_id");
    take("labels", "code", live, ", org_id");
    take("tags", "id", live, ", label_code");
    take("memos", "id", "true", ", coalesce(team_id::text, '-'), coalesce(org_id::text, '-')");
    take("invoices", "id", live, ", org_id");
    take("ledgers", "id", "true", ", team_id");
    take("pairs", "a_id || ' ' || b_id", live, ", a_id, b_id");
    return rows;
  }
  std::set<std::string> Expected() {
    std::set<std::string> rows;
    for (const Model::Row& row : model_.rows()) {
      std::string text = Cat(row.table, " ", row.key, row.deleted ? " gone" : " live");
      for (const Model::Reference& reference : row.references) {
        text += Cat(" ", reference.row < 0 ? "-" : Referenced(row.table, reference.column, reference.row));
      }
      rows.insert(text);
    }
    return rows;
  }

  /// One call on rows that are in the state that it wants; what it answered and what the model expects.
  void Step() {
    struct Target {
      const char* table;
      const char* service;
    };
    constexpr Target kTargets[] = {{"orgs", "Org"},     {"teams", "Team"},    {"members", "Member"},
                                   {"labels", "Label"}, {"pairs", "Pair"},    {"invoices", "Invoice"},
                                   {"teams", "Team"},   {"members", "Member"}};
    const Target target = kTargets[Pick(8)];
    const bool restore = Pick(2) == 0;
    const bool batch = (target.service == std::string("Org") || target.service == std::string("Team")) && Pick(2) == 0;
    Model::Set chosen;
    for (int tries = 0; tries < 10 && (chosen.empty() || (batch && chosen.size() < 3)); ++tries) {
      const int row = PickOf(target.table);
      if (model_.rows()[row].deleted == restore) chosen.insert(row);
    }
    if (chosen.empty()) return;
    Json request;
    for (int row : chosen) {
      const std::string& key = model_.rows()[row].key;
      if (batch) {
        request["keys"].push_back({{"id", key}});
      } else if (target.table == std::string("pairs")) {
        request = {{"a_id", key.substr(0, 36)}, {"b_id", key.substr(37)}};
      } else {
        request[target.table == std::string("labels") ? "code" : "id"] = key;
      }
    }
    const std::string method =
        Cat(target.service, "Repository.", batch ? "Batch" : "", restore ? "Restore" : "SoftDelete");
    const bool allowed = restore ? model_.Restore(chosen) : model_.Delete(chosen);
    refused_ += allowed ? 0 : 1;
    ASSERT_EQ(Summarised(method, request), allowed ? "OK" : "FAILED_PRECONDITION REFERENCE_VIOLATION")
        << method << request;
    ASSERT_EQ(Stored(), Expected()) << method << request;
  }

  void Walk() {
    for (int graph = 0; graph < 8; ++graph) {
      Grow();
      for (int step = 0; step < 60; ++step) {
        SCOPED_TRACE(Cat("graph ", graph, " step ", step));
        Step();
        if (HasFatalFailure()) return;
      }
    }
    EXPECT_GT(refused_, 20);
  }

  std::mt19937 random_{20261121};
  Model model_;
  int refused_ = 0;
};

TEST_F(CascadeModelTest, RandomGraphsGoAndComeAsAPlainModelSays) { Walk(); }

/// The same, where most references hold a number of the row that is not its key, but some other row's key.
class NumberedCascadeModelTest : public CascadeModelTest {
 protected:
  static void SetUpTestSuite() {
    std::string text = kOrgs;
    const auto replace = [&text](const std::string& old, const std::string& by) {
      const size_t place = text.find(old);
      ASSERT_NE(place, std::string::npos) << old;
      text.replace(place, old.size(), by);
    };
    const std::string numbered =
        "option (rowkeeper.v1.entity) = {indexes: {fields: \"number\" unique: true "
        "include_deleted: true}};\n";
    const auto number = [&](const std::string& entity, const std::string& field) {
      const std::string head = Cat("message ", entity, " {\n  ");
      replace(head + "option (rowkeeper.v1.entity) = {};\n", Cat(head, numbered, field, "\n"));
    };
    number("Org", "int64 number = 30;");
    number("Team", "int64 number = 30;");
    number("Member", "string number = 30 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];");
    for (const std::string& reference : Referring()) {
      const std::string message = reference.substr(0, reference.find('.'));
      const std::string field = Cat(" ", reference.substr(reference.find('.') + 1), " = ");
      const size_t place = text.find("references: ", text.find(field, text.find(Cat("message ", message, " {"))));
      text.insert(place, "references_field: \"number\" ");
    }
    StartServer(text);
  }

  /// By number; all others by key.
  static std::set<std::string> Referring() {
    return {"Team.org_id",     "Team.parent_id", "Member.team_id", "Member.buddy_id",
            "Badge.member_id", "Memo.team_id",   "Ledger.team_id", "Wall.team_id"};
  }

  static std::string NumberOf(const std::string& table, const std::string& key) {
    if (table == "orgs") return Cat(4 - std::stoi(key));
    if (table == "teams") return Cat(29 - std::stoi(key));
    return Id(15 - std::stoi(key.substr(24)));
  }

  std::string Referenced(const std::string& table, const std::string& column, int row) override {
    static const std::map<std::string, std::string> kEntities = {
        {"teams", "Team"}, {"members", "Member"}, {"badges", "Badge"}, {"memos", "Memo"}, {"ledgers", "Ledger"}};
    const auto entity = kEntities.find(table);
    const Model::Row& referenced = model_.rows()[row];
    const bool numbered = entity != kEntities.end() && Referring().count(Cat(entity->second, ".", column)) > 0;
    return numbered ? NumberOf(referenced.table, referenced.key) : referenced.key;
  }

  std::pair<std::string, std::string> MoreOf(const std::string& table, const std::string& key) override {
    if (table != "orgs" && table != "teams" && table != "members") return {};
    return {", number", Cat(", ", Literal(NumberOf(table, key)))};
  }
};

TEST_F(NumberedCascadeModelTest, RandomGraphsGoAndComeAsAPlainModelSays) { Walk(); }

}  // namespace
}  // namespace rowkeeper::testing
