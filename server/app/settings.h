#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rowkeeper::app {

/// Settings are seconds where people write them.
inline std::chrono::milliseconds Milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
}

/// Where the catalogue comes from.
struct CatalogueSettings {
  std::vector<std::string> proto_paths;
  std::vector<std::string> files;
  std::vector<std::string> descriptor_sets;
};

/// Which database, and how sessions on it are set up.
struct DatabaseSettings {
  /// --database-url, ROWKEEPER_DATABASE_URL or the configuration file; DATABASE_URL and PG* are looked at when empty.
  std::string url;
  /// "auto", "none", "session" or "transaction": see db::Pooler.
  std::string pooler = "auto";
  /// Of the same database, for what needs a session of its own; empty: `url`.
  std::string migrations_url;
  /// Of the embedded PostgreSQL; empty: embedded::DefaultDataDir().
  std::string data_dir;
  std::string postgres_bin;
  int connect_timeout_s = 5;
  int statement_timeout_ms = 30000;
  int lock_timeout_ms = 5000;
};

struct PoolSettings {
  int pool_size = 20;
  int max_overflow = 10;
  double pool_timeout_s = 30;
  int pool_recycle_s = 1800;
  bool pool_pre_ping = true;
  bool echo = false;
};

/// Units of work. Times are seconds.
struct UnitSettings {
  /// Of the pool's connections, overflow included.
  double share = 0.5;
  int per_caller = 10;
  double idle_limit_s = 10;
  double max_idle_limit_s = 60;
  double total_limit_s = 60;
  double max_total_limit_s = 600;
  double capacity_wait_s = 1;
  double busy_wait_s = 1;
  double in_doubt_limit_s = 30;
};

/// Imports and exports.
struct StreamSettings {
  int max_streams = 5;
  int streams_per_caller = 0;
  double idle_timeout_s = 60;
  int export_rows = 1000;
  int export_kib = 1024;
};

/// Of callers.
struct CallerConnectionSettings {
  int max_connections = 2000;
  int max_per_peer = 1000;
  std::vector<int64_t> allowed_uids;
  double handshake_timeout_s = 10;
  double response_timeout_s = 60;
  /// That after which gRPC's clients give up connections that they do not use.
  double idle_timeout_s = 1800;
  /// Off: units of work belong to a server, and a caller that stays connected to it pays for no second connection.
  double age_s = 0;
  /// The longest that a unit may ask for.
  double age_grace_s = 600;
};

/// Of connections to host:port. All are files; empty: none.
struct TlsSettings {
  std::string certificate;
  std::string key;
  std::string client_roots;
  /// "off", "optional" or "required".
  std::string client_certificates = "off";
  bool insecure = false;
};

/// Who may call what, and how callers prove who they are.
struct IdentitySettings {
  /// A file, a directory or a URL; empty: tokens are not looked at.
  std::string jwt_keys;
  /// A file; empty: those whom the system trusts.
  std::string jwt_keys_roots;
  std::string jwt_issuer;
  std::vector<std::string> jwt_audiences;
  std::string jwt_roles_claim = "roles";
  /// Empty: none.
  std::string jwt_tenant_claim;
  /// See identity::TenantPattern; empty: certificates name no tenant.
  std::string spiffe_tenant;
  /// See policy::Principal: who may say in the header rowkeeper-tenant whose rows a call is about; empty: nobody.
  std::vector<std::string> tenant_proxies;
  bool allow_anonymous = false;
  /// Empty: none.
  std::string policy_file;
};

/// Spans of calls.
struct TraceSettings {
  /// See wire::ParseCollectorAddress; empty: no call is traced.
  std::string endpoint;
  /// A file; empty: none.
  std::string roots;
  /// Of calls without a traceparent.
  double sample_ratio = 0.01;
  int buffer_kib = 4096;
  std::string service_name = "rowkeeper";
};

struct ServeSettings {
  std::vector<std::string> listen = {"127.0.0.1:50051"};
  /// "host:port" or "unix:/path"; empty or "none": no admin listener.
  std::string admin_listen = "127.0.0.1:50052";
  /// Empty: nobody may end calls and units of work.
  std::string admin_token;
  /// Empty: see AdvertisedAddress.
  std::string advertise_address;
  int queue_limit = 10000;
  double queue_target_s = 2;
  int calls_per_caller = 0;
  /// Which calls run together: "off", "reads" by key, or "all": these and single writes.
  std::string merge = "all";
  int max_request_kib = 4096;
  /// Above max_request_kib, so that what was written can be returned.
  int max_response_kib = 8192;
  /// 0: see DefaultMemoryBudget.
  int memory_budget_mib = 0;
  int default_page_size = 50;
  int max_page_size = 1000;
  int max_skip = 10000;
  int max_filter_bytes = 16384;
  int max_filter_terms = 100;
  int max_filter_nesting = 20;
  int max_filter_values = 10000;
  int max_search_bytes = 1024;
  int max_search_words = 100;
  int max_batch_rows = 1000;
  int max_batch_kib = 2048;
  int max_query_rows = 10000;
  /// See plan/relation_limits.h.
  int max_relation_depth = 5;
  int max_relations = 32;
  int max_related_rows = 200000;
  int max_related_kib = 16384;
  int64_t max_affected = 10000;
  int purge_batch_rows = 1000;
  std::string page_token_key;
  /// Opens what was sealed with it, and seals nothing.
  std::string other_page_token_key;
  /// "off", "cost" or "plan": the most that the header rowkeeper-debug may ask for. Costs are numbers; plans run an
  /// EXPLAIN for each statement and show the names of tables and indexes, so they are the operator's to allow.
  std::string debug_header = "cost";
  /// Callers see what triggers and functions of the database raise. Such messages may hold values of other rows.
  bool show_database_messages = false;
  /// The catalogue is served anew when its files change, and not only after SIGHUP.
  bool watch_protos = true;
  int idempotency_key_age_s = 86400;
  /// Of a call with an idempotency key.
  int max_idempotent_response_kib = 1024;
  double drain_timeout_s = 30;
  std::string log_level = "info";
  std::string log_format = "text";
  /// See observe::ParseCallLines.
  std::string log_calls = "errors,slow";
  int slow_call_ms = 500;
  std::string migrations;
  UnitSettings units;
  StreamSettings streams;
  CallerConnectionSettings connections;
  TlsSettings tls;
  IdentitySettings identity;
  TraceSettings traces;
};

/// All that configures `serve`.
struct ServeOptions {
  CatalogueSettings catalogue;
  DatabaseSettings database;
  PoolSettings pool;
  ServeSettings serve;
};

}  // namespace rowkeeper::app
