#pragma once

// The map of this folder:
//   server_process.h       the composition root of `serve`
//   command_line.cc        declares the options; settings.h: their defaults; option_values.h: where they come from;
//                          config_file.h, secrets.h; effective_settings.h shows them
//   unit_settings.h        limits of units, from flags; stream_settings.h those of streams
//   policy_settings.h      who may call what, from the catalogue and the file of --policy-file
//   tls_settings.h         certificates, from flags; client_security.h: of commands that call a server
//   trace_settings.h       traces of calls, from flags
//   log_settings.h         the log, from the options, and changed while the server runs
//   admin_pages.h          the pages of the admin listener, and admin_*.h; readiness.h, heartbeat.h: what they tell of
//   database_monitor.h     health, fit of the schema and of custom queries
//   statement_watch.h      whom statements wait for, their plans and query ids; plan_turns.h: whose turn it is
//   idempotency_sweeper.h  frees old idempotency keys
//   foreground_program.h   another program that has the terminal: psql, pg_dump; complete_file.h, backup_input.h
//   index_advice.h         what `check` says of missing indexes, with filter_index_advice.h and relation_advice.h

#include <CLI/CLI.hpp>

#include <functional>

#include "server/app/option_values.h"

namespace rowkeeper::app {

/// What a command does once its options are read; gives the process's exit code.
using Command = std::function<int()>;

// Each adds one command with its options, help and examples to `root`; the last one that was parsed sets `*command`.
/// `sources` outlives the command.
void AddServeCommand(CLI::App* root, Command* command, const ValueSources* sources);
void AddConfigCommand(CLI::App* root, Command* command, const ValueSources* sources);
void AddCheckCommand(CLI::App* root, Command* command);
void AddExplainCommand(CLI::App* root, Command* command);
void AddCallCommand(CLI::App* root, Command* command);
void AddGenerateCommand(CLI::App* root, Command* command);
void AddMigrateCommand(CLI::App* root, Command* command);
void AddDatabaseCommand(CLI::App* root, Command* command);
void AddPolicyCommand(CLI::App* root, Command* command);
void AddVersionCommand(CLI::App* root, Command* command);

/// Adds all of them, in the order in which help lists them.
void AddCommands(CLI::App* root, Command* command, const ValueSources* sources);

}  // namespace rowkeeper::app
