// SPDX-License-Identifier: MIT
// Two translation units built for different instruction sets share no symbol (odr_symbols.cmake
// looks) and give the same tokens.
#include <logitkit/core/token.hpp>

#include <cstdio>
#include <vector>

std::vector<logitkit::Token> tokens_plain();
std::vector<logitkit::Token> tokens_native();

int main() {
  const std::vector<logitkit::Token> plain = tokens_plain();
  const bool same = plain == tokens_native();
  std::printf("%zu tokens, %s\n", plain.size(), same ? "the same" : "NOT the same");
  return same && plain.size() > 100 ? 0 : 1;
}
