#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/errors.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::plan {

struct Call;

/// Keys of a JSON object that a mask names, each with the keys below it; none below means the whole value.
struct JsonTree {
  std::map<std::string, JsonTree> keys;
  /// Keys of the other members of this one's oneof.
  std::vector<std::string> siblings;
  /// A path ends here, so that paths further down say nothing more.
  bool named = false;

  bool whole() const { return keys.empty(); }
};

/// By index into Entity::columns.
using JsonTrees = std::map<int, JsonTree>;

/// How an object is changed: where the keys are, as indexes into Call::computed, so that equal shapes share a
/// statement.
struct JsonWrite {
  struct Part {
    /// A text: the key.
    int key = -1;
    /// An array of texts: those other members of the key's oneof that the mask names as well; -1: none.
    int named_siblings = -1;
    std::vector<JsonWrite> below;  // exactly one
  };
  struct Siblings {
    int key = -1;
    /// An array of texts: all other members of the key's oneof.
    int siblings = -1;
  };
  /// An array of texts: keys that are set to what the request has, or removed where it has nothing; -1: none.
  int leaves = -1;
  /// Keys whose objects are changed in turn.
  std::vector<Part> parts;
  /// Keys that drive out others when the request has them.
  std::vector<Siblings> siblings;
};

/// What of jsonb columns a call reads and writes, where that is not all of them.
struct JsonMask {
  /// Columns of which the response has parts.
  JsonTrees reads;
  /// By index into MethodPlan::values: columns of which parts are written.
  std::map<int, JsonWrite> writes;

  /// Adds what decides the text of SQL: what is written. A column that is read in parts is read whole from the table.
  void AppendKey(std::string* key) const;
};

/// A path has at most so many keys below its column …
inline constexpr size_t kMaxJsonDepth = 16;
/// … a mask names at most so many keys in jsonb columns, on all levels together …
inline constexpr size_t kMaxJsonKeys = 100;
/// … and all paths into jsonb columns of a mask together have so many bytes.
inline constexpr size_t kMaxJsonPathBytes = 8192;

/// Takes paths that reach into jsonb columns of `entity` ("settings.theme.colour") out of the mask `paths` and leaves
/// the column in their place. Keys are names of message fields, or those of maps and google.protobuf.Struct values;
/// between backticks a key may have any characters (a backtick is doubled). A column that is named itself, or by "*",
/// is taken whole. Paths that lead nowhere, or into what is handled whole, go to `violations` as mistakes of the field
/// `mask`.
JsonTrees TakeJsonPaths(const catalogue::Entity& entity, std::string_view mask, std::vector<std::string>* paths,
                        FieldViolations* violations);

/// Takes the paths into jsonb columns out of the call's masks; what it reads of them goes to its variant. The result is
/// what it writes.
JsonTrees TakeJsonMasks(Call* call, FieldViolations* violations);

/// Lets a call whose written columns are known write only these parts of them.
void BindJsonWrites(const JsonTrees& trees, Call* call, FieldViolations* violations);

}  // namespace rowkeeper::plan
