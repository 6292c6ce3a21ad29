#include "tests/fuzz/targets.h"

#include "tests/fuzz/all_types.pb.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/mutate.h"

namespace rowkeeper::fuzz {
namespace {

std::string Check(std::string_view input) {
  static Outcomes outcomes;
  return CheckCodec(input, &outcomes);
}

std::string Make(Random* random) {
  v1::SaveRequest request;
  Randomize(&request, 1 + random->Below(5), 1 + random->Below(60), random);
  return request.SerializeAsString();
}

}  // namespace

Target CodecTarget() { return {"codec", Check, Make, Mutate}; }

const std::vector<Target>& AllTargets() {
  static const auto* const kTargets =
      new std::vector<Target>{CodecTarget(),  FilterTarget(), RequestTarget(), StreamTarget(), UnitTarget(),
                              HeaderTarget(), TokenTarget(),  CellTarget(),    JwtTarget()};
  return *kTargets;
}

}  // namespace rowkeeper::fuzz
