// SPDX-License-Identifier: MIT
// Built without exceptions and RTTI: the same tokens, and misuse goes to the handler.
#include <logitkit/process/top_p.hpp>

#include <cstdio>
#include <cstring>
#include <vector>

namespace lk = logitkit;

std::vector<lk::Token> tokens_plain();
std::vector<lk::Token> tokens_without_exceptions();

int main() {
  const std::vector<lk::Token> plain = tokens_plain();
  if (plain.size() <= 100 || tokens_without_exceptions() != plain) {
    std::puts("not the tokens of a build with exceptions");
    return 1;
  }
  lk::misuse_handler = +[](const char* sentence) {
    std::puts(sentence);
    std::exit(std::strcmp(sentence, "TopP: p must satisfy 0 < p <= 1, got 1.5") == 0 ? 0 : 2);
  };
  const lk::TopP refused{1.5f};
  static_cast<void>(refused);
  std::puts("misuse was not refused");
  return 3;
}
