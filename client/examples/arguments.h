#pragma once

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

namespace example {

/// `--name value` pairs and the arguments between them. Ends the program when a name is unknown or a value is missing.
struct Arguments {
  std::map<std::string, std::string> options;
  std::vector<std::string> others;

  /// `defaults` names the options; one with an empty default is required.
  Arguments(int argc, char** argv, const std::map<std::string, std::string>& defaults) : options(defaults) {
    for (int i = 1; i < argc; ++i) {
      const std::string argument = argv[i];
      if (argument.rfind("--", 0) != 0) {
        others.push_back(argument);
      } else if (const auto option = options.find(argument.substr(2)); option != options.end() && i + 1 < argc) {
        option->second = argv[++i];
      } else {
        Fail(argument + ": no such option, or its value is missing");
      }
    }
    for (const auto& [name, value] : options) {
      if (value.empty()) Fail("--" + name + " is needed");
    }
  }

  const std::string& operator[](const std::string& name) const { return options.at(name); }

  [[noreturn]] static void Fail(const std::string& problem) {
    std::cerr << problem << "\n";
    std::exit(2);  // NOLINT(concurrency-mt-unsafe): there is one thread yet
  }
};

}  // namespace example
