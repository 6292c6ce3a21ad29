#pragma once

#include <string>

namespace rowkeeper::codec {

/// Why a field cannot carry what a cell holds. Never the value itself, for errors are logged.
struct CellProblem {
  /// Where inside the field it is: "", "[2]", ".labels[\"color\"].shade".
  std::string path;
  /// "is not within the years 1 to 9999"
  std::string words;
};

}  // namespace rowkeeper::codec
