#include <cstdio>
#include <memory>

#include "absl/strings/str_join.h"
#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/effective_settings.h"
#include "server/app/heap_trimmer.h"
#include "server/app/log_settings.h"
#include "server/app/server_process.h"
#include "server/app/signals.h"
#include "server/app/unit_settings.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using observe::Log;
using observe::LogLevel;

/// Exit code when a second signal does not wait for the drain: 128 + SIGTERM.
constexpr int kExitTerminated = 143;
/// Of the embedded PostgreSQL: its fast shutdown, and then an immediate one.
constexpr std::chrono::seconds kStopLimit{40};

absl::Status StartLogging(const ServeSettings& settings) {
  const absl::StatusOr<observe::LogOptions> options = ToLogOptions(settings);
  if (options.ok()) observe::StartLog(*options);
  return options.status();
}

/// How a command came by its options.
struct GivenOptions {
  CLI::App& command;
  const ValueSources& sources;
};

/// What of the configuration may change while the server runs; `settings` are told.
void ReadConfigurationAgain(const GivenOptions& given, LiveSettings* settings) {
  if (given.command.count(kConfigOption) == 0) {
    Log(LogLevel::kInfo, "SIGHUP: there is no configuration file to read again; start the server with --config");
    return;
  }
  const auto values = ReloadedValues(given.command, given.sources, ReloadableLogOptions());
  const absl::Status status = values.ok() ? ChangeLog(ToLogChange(*values)) : values.status();
  if (status.ok()) {
    settings->Change(*values);
  } else {
    Log(LogLevel::kError, "SIGHUP: the configuration file was not applied",
        {{"reason", std::string(status.message())}});
  }
}

int ServeUntilStopped(const ServeOptions& options, std::shared_ptr<const LoadedCatalogue> loaded, FilesSeen files,
                      const GivenOptions& given) {
  const auto progress = [](const std::string& line) { Log(LogLevel::kInfo, line); };
  absl::StatusOr<Database> database = OpenDatabase(options.database, EmbeddedUse::kOwn, progress);
  if (!database.ok()) return Fail(database.status());
  Log(LogLevel::kInfo, "database", {{"is", database->description}});
  LiveSettings settings(EffectiveSettings(given.command, given.sources));
  auto process =
      ServerProcess::Start(std::move(loaded), {options.serve, options.pool, database->connection, &Clock::System(),
                                               &settings, CatalogueFiles{options.catalogue, std::move(files)}});
  if (!process.ok()) return Fail(process.status());
  Log(LogLevel::kInfo, "listening", {{"addresses", absl::StrJoin((*process)->addresses(), ", ")}});
  WaitForStopSignal([&] {
    ReadConfigurationAgain(given, &settings);
    (*process)->ReloadCatalogue();
  });
  ExitOnNextStopSignal(kExitTerminated);
  const auto teardown = TeardownLimit(database->connection, options.serve.units);
  const auto stop = database->embedded != nullptr ? kStopLimit : std::chrono::seconds(0);
  ExitAfter(Milliseconds(options.serve.drain_timeout_s) + teardown + stop, kExitFailure);
  Log(LogLevel::kInfo, "stopping: finishing the calls that run; a second signal ends at once");
  (*process)->Shutdown();
  process->reset();
  if (database->embedded != nullptr) database->embedded->Stop();
  Log(LogLevel::kInfo, "stopped");
  return kExitOk;
}

int Serve(const ServeOptions& options, const GivenOptions& given) {
  BlockStopSignals();
  HeapTrimmer::LimitHeap();
  const absl::Status status = StartLogging(options.serve);
  if (!status.ok()) {
    Fail(status);
    return kExitUsage;
  }
  FilesSeen files = LookAtFiles(options.catalogue);
  auto loaded = LoadCatalogueOrExplain(options.catalogue);
  const int code =
      loaded == nullptr ? kExitFailure : ServeUntilStopped(options, std::move(loaded), std::move(files), given);
  observe::StopLog();
  return code;
}

}  // namespace

void AddServeCommand(CLI::App* root, Command* command, const ValueSources* sources) {
  CLI::App* serve = root->add_subcommand("serve", "Serve the repositories of a catalogue over gRPC");
  auto options = std::make_shared<ServeOptions>();
  AddAllServeOptions(serve, options.get());
  serve->footer(
      "Examples:\n"
      "  rowkeeper serve --proto-path proto --migrations migrations\n"
      "  rowkeeper serve --descriptor-set shop.binpb --database-url postgresql://me@db/shop\n"
      "  rowkeeper serve --proto-path proto --listen 0.0.0.0:50051 --tls-cert tls.crt --tls-key tls.key");
  serve->callback([=] { *command = [=] { return Serve(*options, {*serve, *sources}); }; });
}

}  // namespace rowkeeper::app
