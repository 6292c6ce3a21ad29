#include "server/app/command_line.h"

#include <cctype>
#include <cstdio>

#include "server/app/connection_settings.h"
#include "server/app/identity_settings.h"
#include "server/app/secrets.h"
#include "server/app/stream_settings.h"
#include "server/app/tls_settings.h"
#include "server/app/trace_settings.h"
#include "server/base/text.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

void AddRelationOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--max-relation-depth", &settings->max_relation_depth,
            "Most relations in one path of a read mask; \"tasks.comments.author\" has 3")
      ->check(CLI::Range(1, 20))
      ->group("Relations");
  AddOption(command, "--max-relations", &settings->max_relations,
            "Most relations, each a statement, that one call may load")
      ->check(CLI::Range(1, 1000))
      ->group("Relations");
  AddOption(command, "--max-related-rows", &settings->max_related_rows,
            "Most rows that the relations of one call could bring, by its page size and their limits")
      ->check(CLI::Range(1, 10000000))
      ->group("Relations");
  AddOption(command, "--max-related-size", &settings->max_related_kib,
            "Most that the rows of relations may hold in one call, KiB")
      ->check(CLI::Range(1, 1048576))
      ->group("Relations");
}

void AddUnitTime(CLI::App* command, const std::string& name, double* seconds, double least, const std::string& help) {
  AddOption(command, name, seconds, help + ", seconds")->check(CLI::Range(least, 86400.0))->group("Units of work");
}

void AddUnitOptions(CLI::App* command, UnitSettings* settings) {
  AddOption(
      command, "--unit-share", &settings->share,
      "Share of pool-size + max-overflow that open units of work may hold, rounded down, one connection fewer than "
      "all at most; 0: no units")
      ->check(CLI::Range(0.0, 1.0))
      ->group("Units of work");
  AddOption(command, "--units-per-caller", &settings->per_caller,
            "Units that one caller may have open; 0: no limit of its own")
      ->check(CLI::Range(0, 2000))
      ->group("Units of work");
  AddUnitTime(command, "--unit-idle-limit", &settings->idle_limit_s, 0.1,
              "Longest time between two calls of a unit, when Begin asks for none");
  AddUnitTime(command, "--unit-max-idle-limit", &settings->max_idle_limit_s, 0.1,
              "Longest idle limit that Begin may set");
  AddUnitTime(command, "--unit-total-limit", &settings->total_limit_s, 0.1,
              "Longest time a unit stays open, when Begin asks for none");
  AddUnitTime(command, "--unit-max-total-limit", &settings->max_total_limit_s, 0.1,
              "Longest total limit that Begin may set");
  AddUnitTime(command, "--unit-capacity-wait", &settings->capacity_wait_s, 0.0,
              "Longest wait of Begin for a free place, when it asks for none");
  AddUnitTime(command, "--unit-busy-wait", &settings->busy_wait_s, 0.0,
              "Longest wait of a call while another call of its unit runs");
  AddUnitTime(command, "--in-doubt-limit", &settings->in_doubt_limit_s, 0.0,
              "How long the outcome of a COMMIT whose answer was lost is looked for");
}

void AddBatchOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--max-batch-rows", &settings->max_batch_rows, "Most rows or keys of a batch")
      ->check(CLI::Range(1, 10000))
      ->group("Server");
  AddOption(command, "--max-batch-size", &settings->max_batch_kib, "Largest request of a batch, KiB")
      ->check(CLI::Range(1, 1048576))
      ->group("Server");
  AddOption(command, "--max-query-rows", &settings->max_query_rows, "Most rows that a custom query answers")
      ->check(CLI::Range(1, 1000000))
      ->group("Server");
  AddOption(command, "--max-affected", &settings->max_affected,
            "Most rows that one bulk change or purge may touch, and how many it may when its request says nothing")
      ->check(CLI::Range(int64_t{1}, int64_t{100000000}))
      ->group("Server");
  AddOption(command, "--purge-batch-rows", &settings->purge_batch_rows,
            "Rows that a purge removes in one statement, outside a unit of work in one transaction")
      ->check(CLI::Range(1, 100000))
      ->group("Server");
}

}  // namespace

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "rowkeeper: %s\n", std::string(status.message()).c_str());
  return kExitFailure;
}

std::string EnvironmentName(const std::string& option) {
  std::string name = "ROWKEEPER_";
  for (char c : option.substr(option.find_first_not_of('-'))) {
    if (c == ',') break;
    name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return name;
}

CLI::Option* AddSwitch(CLI::App* command, const std::string& name, bool* value, const std::string& help) {
  return command->add_flag(name, *value, help)->envname(EnvironmentName(name))->default_str(*value ? "true" : "false");
}

void AddSecretOption(CLI::App* command, const SecretOption& option, std::string* value) {
  AddOption(command, option.name, value, option.help)->type_name(option.type)->group(option.group);
  const std::string file = option.name + kFileSuffix;
  const std::string help = Cat("File that holds the value of ", option.name);
  command->add_option(file, help)->envname(EnvironmentName(file))->type_name("FILE")->group(option.group);
}

void AddConfigOption(CLI::App* command) {
  command->add_option(kConfigOption, "Configuration file (TOML: `pool-size = 20`)")
      ->envname("ROWKEEPER_CONFIG")
      ->type_name("FILE");
}

void AddCatalogueOptions(CLI::App* command, CatalogueSettings* settings) {
  AddOption(command, "--proto-path", &settings->proto_paths,
            "Directory of .proto files, searched like protoc -I; may be repeated")
      ->type_name("DIR")
      ->group("Catalogue");
  AddOption(command, "--proto-file", &settings->files,
            "File to serve, relative to a proto path; may be repeated. Default: all below the proto paths")
      ->type_name("FILE")
      ->group("Catalogue");
  AddOption(command, "--descriptor-set", &settings->descriptor_sets,
            "Descriptor set made by `protoc --include_imports -o` or `buf build -o`; may be repeated")
      ->type_name("FILE")
      ->group("Catalogue");
}

void AddPrivateDatabaseOptions(CLI::App* command, DatabaseSettings* settings) {
  AddOption(command, "--data-dir", &settings->data_dir, "Data directory of the private PostgreSQL")
      ->type_name("DIR")
      ->group("Database");
  AddOption(command, "--postgres-bin", &settings->postgres_bin, "Directory of initdb and postgres")
      ->type_name("DIR")
      ->group("Database");
}

void AddDatabaseOptions(CLI::App* command, DatabaseSettings* settings) {
  AddSecretOption(command,
                  {"--database-url", kUrlType, "Database",
                   "PostgreSQL to use, postgresql://user@host/name. Default: DATABASE_URL, then the PG* variables, "
                   "else a private PostgreSQL under the data directory"},
                  &settings->url);
  AddOption(command, "--pooler", &settings->pooler,
            "What is before the database: nothing, a pooler (PgBouncer) in session mode, or one in transaction mode; "
            "auto: a pooler that is found counts as one in transaction mode")
      ->check(CLI::IsMember({"auto", "none", "session", "transaction"}))
      ->group("Database");
  AddPrivateDatabaseOptions(command, settings);
  AddOption(command, "--connect-timeout", &settings->connect_timeout_s, "Longest time to connect, seconds")
      ->check(CLI::Range(1, 600))
      ->group("Database");
  AddOption(command, "--statement-timeout", &settings->statement_timeout_ms,
            "Longest run of one statement, milliseconds; 0: no limit")
      ->check(CLI::Range(0, 86400000))
      ->group("Database");
  AddOption(command, "--lock-timeout", &settings->lock_timeout_ms, "Longest wait for a lock, milliseconds; 0: no limit")
      ->check(CLI::Range(0, 86400000))
      ->group("Database");
}

void AddSessionDatabaseOptions(CLI::App* command, DatabaseSettings* settings) {
  AddDatabaseOptions(command, settings);
  AddSecretOption(command,
                  {"--migrations-database-url", kUrlType, "Database",
                   "The same database without a pooler in transaction mode, for session locks and settings. Default: "
                   "that of --database-url"},
                  &settings->migrations_url);
}

void AddPoolOptions(CLI::App* command, PoolSettings* settings) {
  AddOption(command, "--pool-size", &settings->pool_size, "Connections kept open")
      ->check(CLI::Range(1, 1000))
      ->group("Pool");
  AddOption(command, "--max-overflow", &settings->max_overflow, "Connections beyond pool-size under load")
      ->check(CLI::Range(0, 1000))
      ->group("Pool");
  AddOption(command, "--pool-timeout", &settings->pool_timeout_s, "Longest wait for a connection, seconds")
      ->check(CLI::Range(0.001, 3600.0))
      ->group("Pool");
  AddOption(command, "--pool-recycle", &settings->pool_recycle_s,
            "Replace connections older than this, seconds; 0: never")
      ->check(CLI::Range(0, 31536000))
      ->group("Pool");
  AddSwitch(command, "--pool-pre-ping,!--no-pool-pre-ping", &settings->pool_pre_ping,
            "Check a connection before it is used (default: on)")
      ->group("Pool");
  AddSwitch(command, "--echo", &settings->echo, "Log the text of every statement, never its values")->group("Pool");
}

void AddQueueOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--queue-limit", &settings->queue_limit, "Calls that may wait for a connection")
      ->check(CLI::Range(1, 1000000))
      ->group("Server");
  AddOption(command, "--queue-target", &settings->queue_target_s,
            "Expected wait for a connection above which a caller is overloaded when it lasts as long: new calls are "
            "refused and the oldest dropped, seconds; 0: never")
      ->check(CLI::Range(0.0, 3600.0))
      ->group("Server");
  AddOption(command, "--calls-per-caller", &settings->calls_per_caller,
            "Calls of one caller that may wait for a connection or have one; 0: no limit of its own")
      ->check(CLI::Range(0, 1000000))
      ->group("Server");
  AddOption(command, "--merge", &settings->merge,
            "Calls that run together as one statement while others of their kind are under way: none, reads, or these "
            "and single writes")
      ->check(CLI::IsMember({"off", "reads", "all"}))
      ->group("Server");
}

void AddListOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--default-page-size", &settings->default_page_size, "Rows of a page when the request says 0")
      ->check(CLI::Range(1, 10000))
      ->group("Server");
  AddOption(command, "--max-page-size", &settings->max_page_size, "Largest page, rows")
      ->check(CLI::Range(1, 10000))
      ->group("Server");
  AddOption(command, "--max-skip", &settings->max_skip, "Most rows that a list may leave out before its page")
      ->check(CLI::Range(0, 10000000))
      ->group("Server");
  AddOption(command, "--max-filter-bytes", &settings->max_filter_bytes, "Longest filter expression, bytes")
      ->check(CLI::Range(1, 16384))
      ->group("Server");
  AddOption(command, "--max-filter-terms", &settings->max_filter_terms, "Most conditions of a filter expression")
      ->check(CLI::Range(1, 1000))
      ->group("Server");
  AddOption(command, "--max-filter-nesting", &settings->max_filter_nesting,
            "Deepest parentheses of a filter expression, and keys of a path into an object")
      ->check(CLI::Range(1, 100))
      ->group("Server");
  AddOption(command, "--max-filter-values", &settings->max_filter_values,
            "Most values of one filter, such as IN, outside filter expressions")
      ->check(CLI::Range(1, 1000000))
      ->group("Server");
  AddOption(command, "--max-search-bytes", &settings->max_search_bytes,
            "Longest text that a LIKE, PREFIX or SEARCH filter looks for, bytes")
      ->check(CLI::Range(1, 65536))
      ->group("Server");
  AddOption(command, "--max-search-words", &settings->max_search_words, "Most words that a SEARCH filter looks for")
      ->check(CLI::Range(1, 10000))
      ->group("Server");
}

/// What callers are shown of the database.
void AddDisclosureOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--debug-header", &settings->debug_header,
            "The most that callers may ask for with the header rowkeeper-debug: nothing, what a call cost in the "
            "database, or its query plans too")
      ->check(CLI::IsMember({"off", "cost", "plan"}))
      ->group("Server");
  AddSwitch(command, "--show-database-messages,!--no-show-database-messages", &settings->show_database_messages,
            "Show callers the messages that triggers and functions of the database raise; they may hold values of rows "
            "(default: off)")
      ->group("Server");
}

std::string ExplainCallLines(const std::string& words) {
  observe::CallLines lines;
  return std::string(observe::ParseCallLines(words, &lines).message());
}

void AddLogOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--log-level", &settings->log_level, "Least severity that is logged")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->group("Log");
  AddOption(command, "--log-format", &settings->log_format, "Form of the log's lines")
      ->check(CLI::IsMember({"text", "json"}))
      ->group("Log");
  AddOption(command, "--log-calls", &settings->log_calls,
            "Calls that have a line of their own: errors, slow, or errors,slow; all; none")
      ->check(CLI::Validator(ExplainCallLines, "WORDS"))
      ->group("Log");
  AddOption(command, "--slow-call-ms", &settings->slow_call_ms,
            "A call that takes this long is slow, milliseconds; its line says where the time went. 0: none is")
      ->check(CLI::Range(0, 86400000))
      ->group("Log");
}

void AddSizeOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--max-request-size", &settings->max_request_kib, "Largest request, KiB")
      ->check(CLI::Range(1, 1048576))
      ->group("Server");
  AddOption(command, "--max-response-size", &settings->max_response_kib,
            "Largest response, KiB; gRPC clients accept 4096 unless told otherwise")
      ->check(CLI::Range(1, 1048576))
      ->group("Server");
  AddOption(command, "--memory-budget", &settings->memory_budget_mib,
            "Memory for the requests, rows and responses of all calls together, MiB; the process takes about twice as "
            "much. 0: 30 percent of the machine's RAM or of the control group's limit")
      ->check(CLI::Range(0, 16777216))
      ->group("Server");
}

void AddTokenKeyOptions(CLI::App* command, ServeSettings* settings) {
  AddSecretOption(command,
                  {"--page-token-key", kSecretType, "Server",
                   "Secret that page tokens and handles of units are sealed with; servers that share it accept each "
                   "other's tokens. "
                   "Default: made at start, so tokens end with the server"},
                  &settings->page_token_key);
  AddSecretOption(
      command,
      {"--other-page-token-key", kSecretType, "Server",
       "Secret that tokens and handles may be sealed with as well, while --page-token-key is being replaced"},
      &settings->other_page_token_key);
}

void AddIdempotencyOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--idempotency-key-age", &settings->idempotency_key_age_s,
            "How long the response to a call with the header idempotency-key is kept for its repeats, seconds")
      ->check(CLI::Range(1, 31536000))
      ->group("Server");
  AddOption(command, "--max-idempotent-response", &settings->max_idempotent_response_kib,
            "Largest response that is kept, KiB; a call with an idempotency key and a larger one is refused")
      ->check(CLI::Range(1, 262144))
      ->group("Server");
}

void AddServeOptions(CLI::App* command, ServeSettings* settings) {
  AddOption(command, "--listen", &settings->listen, "Address, host:port or unix:/path; may be repeated")
      ->type_name("ADDRESS")
      ->group("Server");
  AddOption(
      command, "--admin-listen", &settings->admin_listen,
      "Address of the pages for operators (/livez, /readyz, /metrics, /config), host:port or unix:/path, plain HTTP; "
      "none: no such listener")
      ->type_name("ADDRESS")
      ->group("Server");
  AddSecretOption(command,
                  {"--admin-token", kSecretType, "Server",
                   "Secret that whoever ends a call or a unit of work on the admin listener has to know, 20 characters "
                   "or more. Default: none, and nobody can"},
                  &settings->admin_token);
  AddSwitch(command, "--watch-protos,!--no-watch-protos", &settings->watch_protos,
            "Serve the catalogue anew when its files change; without it, after SIGHUP alone (default: on)")
      ->group("Server");
  AddOption(command, "--advertise-address", &settings->advertise_address,
            "Address at which callers reach this server, named in the handles of its units of work. Default: the first "
            "--listen, with the machine's name for 0.0.0.0 and [::]")
      ->type_name("ADDRESS")
      ->group("Server");
  AddQueueOptions(command, settings);
  AddSizeOptions(command, settings);
  AddListOptions(command, settings);
  AddBatchOptions(command, settings);
  AddTokenKeyOptions(command, settings);
  AddDisclosureOptions(command, settings);
  AddIdempotencyOptions(command, settings);
  AddOption(command, "--drain-timeout", &settings->drain_timeout_s,
            "Longest wait for running calls at shutdown, seconds")
      ->check(CLI::Range(0.0, 3600.0))
      ->group("Server");
  AddLogOptions(command, settings);
  AddOption(command, "--migrations", &settings->migrations,
            "Directory of migrations, named in the advice when the database does not fit the catalogue")
      ->type_name("DIR")
      ->group("Server");
  AddRelationOptions(command, settings);
  AddUnitOptions(command, &settings->units);
  AddStreamOptions(command, &settings->streams);
  AddConnectionOptions(command, &settings->connections);
  AddTlsOptions(command, &settings->tls);
  AddIdentityOptions(command, &settings->identity);
  AddTraceOptions(command, &settings->traces);
}

void AddAllServeOptions(CLI::App* command, ServeOptions* options) {
  AddServeOptions(command, &options->serve);
  AddCatalogueOptions(command, &options->catalogue);
  AddDatabaseOptions(command, &options->database);
  AddPoolOptions(command, &options->pool);
  AddConfigOption(command);
}

}  // namespace rowkeeper::app
