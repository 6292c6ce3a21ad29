#pragma once

#include <CLI/CLI.hpp>

#include <functional>

namespace rowkeeper::app {

/// What a command does once its options are read; gives the process's exit code.
using Command = std::function<int()>;

// Each adds one command with its options, help and examples to `root`; the last one that was parsed sets `*command`.
void AddServeCommand(CLI::App* root, Command* command);
void AddCheckCommand(CLI::App* root, Command* command);
void AddExplainCommand(CLI::App* root, Command* command);
void AddCallCommand(CLI::App* root, Command* command);
void AddGenerateCommand(CLI::App* root, Command* command);
void AddMigrateCommand(CLI::App* root, Command* command);
void AddVersionCommand(CLI::App* root, Command* command);

}  // namespace rowkeeper::app
