#include "server/identity/ed25519_point.h"

#include <openssl/bn.h>

#include <cstddef>
#include <memory>

#include "server/base/free_by.h"

namespace rowkeeper::identity {
namespace {

using Number = std::unique_ptr<BIGNUM, FreeBy<&BN_free>>;
using Scratch = std::unique_ptr<BN_CTX, FreeBy<&BN_CTX_free>>;

constexpr size_t kPointBytes = 32;
constexpr int kSignBit = 255;
/// The field's prime, 2^255 - 19, and the curve's d: -x² + y² = 1 + d x² y².
constexpr char kPrime[] = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";
constexpr char kCurveD[] = "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3";

Number FromHex(const char* digits) {
  BIGNUM* number = nullptr;
  BN_hex2bn(&number, digits);
  return Number(number);
}

/// x² of the points with this y²; null when there are none.
Number SquareOfX(const BIGNUM* square_of_y, const BIGNUM* prime, BN_CTX* scratch) {
  const Number d = FromHex(kCurveD);
  const Number above(BN_new()), below(BN_new());
  BN_mod_sub(above.get(), square_of_y, BN_value_one(), prime, scratch);
  BN_mod_mul(below.get(), d.get(), square_of_y, prime, scratch);
  BN_mod_add(below.get(), below.get(), BN_value_one(), prime, scratch);
  Number square(BN_mod_inverse(nullptr, below.get(), prime, scratch));
  if (square == nullptr) return nullptr;
  BN_mod_mul(square.get(), square.get(), above.get(), prime, scratch);
  return BN_kronecker(square.get(), prime, scratch) < 0 ? nullptr : std::move(square);
}

}  // namespace

bool IsEd25519Key(std::string_view bytes) {
  if (bytes.size() != kPointBytes) return false;
  const Scratch scratch(BN_CTX_new());
  const Number prime = FromHex(kPrime);
  const Number y(BN_lebin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), kPointBytes, nullptr));
  BN_clear_bit(y.get(), kSignBit);
  if (BN_cmp(y.get(), prime.get()) >= 0) return false;  // another way to write a smaller one
  const Number square_of_y(BN_new());
  BN_mod_sqr(square_of_y.get(), y.get(), prime.get(), scratch.get());
  const Number square_of_x = SquareOfX(square_of_y.get(), prime.get(), scratch.get());
  if (square_of_x == nullptr) return false;
  // Of order 1 and 2, of order 4, of order 8: twice such a point has y = 0.
  const Number sum(BN_new());
  BN_mod_add(sum.get(), square_of_x.get(), square_of_y.get(), prime.get(), scratch.get());
  return !BN_is_zero(square_of_x.get()) && !BN_is_zero(square_of_y.get()) && !BN_is_zero(sum.get());
}

}  // namespace rowkeeper::identity
