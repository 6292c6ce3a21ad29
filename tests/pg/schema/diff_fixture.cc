#include "tests/pg/schema/diff_fixture.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/schema/diff/schema_model.h"
#include "server/sql/ddl.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::schema {

using Transaction = MigrationBody::Transaction;

void DiffTest::SetUp() {
  ASSERT_TRUE(database_.ok());
  db::ConnectionOptions options;
  options.url = database_.url();
  auto connection = db::Connection::Open(options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  connection_ = *std::move(connection);
}

void DiffTest::Create(const std::string& proto) {
  const auto catalogue = testing::CompileProtoText(proto);
  ASSERT_NE(catalogue, nullptr) << proto;
  std::vector<const catalogue::Entity*> entities;
  for (const auto& entity : catalogue->entities()) entities.push_back(entity.get());
  database_.Run(absl::StrJoin(sql::CreateTables(entities), ";\n"));
}

SchemaDiff DiffTest::Diff(const std::string& proto) {
  const auto catalogue = testing::CompileProtoText(proto);
  EXPECT_NE(catalogue, nullptr) << proto;
  if (catalogue == nullptr) return {};
  auto diff = DiffSchema(*catalogue, options_, *connection_);
  EXPECT_TRUE(diff.ok()) << diff.status();
  return diff.ok() ? *std::move(diff) : SchemaDiff();
}

std::string DiffTest::RunBlock(const std::vector<std::string>& statements, Transaction transaction) {
  const bool one = transaction == Transaction::kOne;
  const auto run = [this](const std::string& text) {
    const absl::Status status = connection_->ExecuteScript(text, nullptr);
    return status.ok() ? std::string() : absl::StrCat(text, "\n", std::string(status.message()));
  };
  std::string problem = one ? run("BEGIN") : "";
  for (const std::string& statement : statements) {
    if (problem.empty()) problem = run(statement);
  }
  if (one) run(problem.empty() ? "COMMIT" : "ROLLBACK");
  return problem;
}

std::string DiffTest::RunBesideOthers(const std::vector<std::string>& statements, Transaction transaction) {
  std::string problem;
  for (int attempt = 0; attempt < 100; ++attempt) {
    problem = RunBlock(statements, transaction);
    if (!absl::StrContains(problem, "lock timeout") && !absl::StrContains(problem, "deadlock detected")) break;
  }
  return problem;
}

std::string DiffTest::Up(const std::vector<DiffFile>& files) {
  for (const DiffFile& file : files) {
    std::string problem = RunBesideOthers(file.body.up, file.body.transaction);
    if (!problem.empty()) return absl::StrCat(file.name, " up: ", problem);
  }
  return "";
}

std::string DiffTest::Down(const std::vector<DiffFile>& files) {
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    std::string problem = RunBesideOthers(file->body.down, file->body.down_transaction);
    if (!problem.empty()) return absl::StrCat(file->name, " down: ", problem);
  }
  return "";
}

std::string DiffTest::Fingerprint() {
  const auto lines = ReadFingerprint("schema_migrations", *connection_);
  EXPECT_TRUE(lines.ok()) << lines.status();
  return lines.ok() ? absl::StrJoin(*lines, "\n") : "";
}

std::string DiffWalk::Rows() {
  const std::string table = database_.Value("SELECT coalesce(to_regclass('items'), to_regclass('articles'))");
  return database_.Value(
      absl::StrCat("SELECT string_agg(r, ';' ORDER BY r) FROM (SELECT concat_ws(',', id, title, "
                   "amount, mood, sku, count) FROM ",
                   table, ") AS rows(r)"));
}

void DiffWalk::GoThereAndBack(const std::vector<const DiffKind*>& kinds) {
  const std::string proto = ProtoWith(kinds);
  const std::string before = Fingerprint(), rows = Rows();
  const SchemaDiff diff = Diff(proto);
  ASSERT_TRUE(diff.questions.empty()) << Summary(diff);
  EXPECT_FALSE(diff.empty());
  const std::vector<DiffFile> files = DiffFiles(diff, "change");
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(Summary(Diff(proto)), "") << "is left to do after\n" << Summary(diff);
  const std::string after = Fingerprint();
  EXPECT_EQ(Rows(), rows);
  ASSERT_EQ(Down(files), "");
  Mend(kinds);
  ASSERT_EQ(Fingerprint(), before);
  ASSERT_EQ(Up(files), "");
  ASSERT_EQ(Fingerprint(), after);
  ASSERT_EQ(Down(files), "");
  Mend(kinds);
  ASSERT_EQ(Rows(), rows);
}

void DiffWalk::GoFileByFile(const std::string& proto, const std::string& mend) {
  for (const DiffFile& file : DiffFiles(Diff(proto), "change")) {
    SCOPED_TRACE(file.name);
    const std::string before = Fingerprint();
    ASSERT_EQ(Up({file}), "");
    const std::string after = Fingerprint();
    // Values are no part of the schema.
    if (file.name != "change_fill") {
      ASSERT_NE(after, before);
    }
    ASSERT_EQ(Down({file}), "");
    if (!mend.empty()) {
      ASSERT_EQ(RunBesideOthers({mend}, Transaction::kOne), "");
    }
    ASSERT_EQ(Fingerprint(), before);
    ASSERT_EQ(Up({file}), "");
    ASSERT_EQ(Fingerprint(), after);
  }
}

LintReport DiffWalk::Lint(const std::string& proto) {
  std::vector<MigrationFile> files;
  for (const DiffFile& file : DiffFiles(Diff(proto), "change")) {
    const auto migration = PrepareMigration(file.name, file.body);
    EXPECT_TRUE(migration.ok()) << migration.status();
    if (!migration.ok()) continue;
    auto read = ParseMigrationFile(absl::StrCat(1000 + files.size(), "_", migration->name, ".sql"), migration->text);
    EXPECT_TRUE(read.ok()) << read.status();
    if (read.ok()) files.push_back(*std::move(read));
  }
  return LintMigrations(files, {});
}

void DiffWalk::Mend(const std::vector<const DiffKind*>& kinds) {
  for (const DiffKind* kind : kinds) {
    if (*kind->mend != '\0') {
      EXPECT_EQ(RunBesideOthers({"SET LOCAL lock_timeout = '1s'", kind->mend}, Transaction::kOne), "");
    }
  }
}

std::string Summary(const SchemaDiff& diff) {
  std::vector<std::string> lines;
  for (const Step& step : diff.steps) lines.push_back(step.summary);
  for (const Question& question : diff.questions) lines.push_back(absl::StrCat("? ", question.question));
  return absl::StrJoin(lines, "\n");
}

}  // namespace rowkeeper::schema
