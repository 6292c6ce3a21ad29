#pragma once

namespace rowkeeper {

/// Deleter of a std::unique_ptr for what a C library makes: `std::unique_ptr<EVP_PKEY, FreeBy<&EVP_PKEY_free>>`.
template <auto kFree>
struct FreeBy {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

}  // namespace rowkeeper
