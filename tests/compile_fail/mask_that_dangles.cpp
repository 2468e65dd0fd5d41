// expect: logitkit: this mask is a temporary that owns its words
// SPDX-License-Identifier: MIT
// A mask is read in place, at every call: its words must outlive it.
#include <logitkit/process/token_mask.hpp>

#include <vector>

namespace lk = logitkit;

int main() {
#ifdef LOGITKIT_FAIL
  const lk::TokenMask mask(std::vector<std::int32_t>(5));
#else
  const std::vector<std::int32_t> words(5);
  const lk::TokenMask mask(words);
#endif
  static_cast<void>(mask);
}
