// SPDX-License-Identifier: MIT
// Tokenizer: text goes there and back, and a file that is not one is refused with its reason.
#include "tokenizer.hpp"

#include "files.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

using files::Entry;
using files::error_of;
using logitkit::Token;
using storyteller::Bytes;
using storyteller::Tokenizer;
using Tokens = std::vector<Token>;

namespace {

Tokenizer shipped() { return Tokenizer::load(STORYTELLER_DATA_DIR "/tokenizer.bin", 512); }

/// unk, bos, eos and no bytes: 3 is the space, then letters and what they merge to.
const std::vector<Entry> kSmall{{0, "<unk>"}, {0, "<s>"}, {0, "</s>"}, {0, " "},       {0, "a"},
                                {0, "b"},     {0, "c"},   {1, "ab"},   {2, "bc"},      {3, "abc"},
                                {1, " a"},    {5, "aa"},  {9, "<s"},   {0, "\xC3\xA9"}};

Tokenizer small() { return Tokenizer(files::tokenizer(5, kSmall), "t.bin", kSmall.size()); }

const std::string kIsIt = " (is this a llama2.c tokenizer?)";

std::string refusal(const Bytes& bytes, std::size_t vocabulary) {
  return error_of([&] { Tokenizer(bytes, "t.bin", vocabulary); });
}

}  // namespace

TEST_CASE("what is encoded decodes to itself") {
  const Tokenizer tokenizer = shipped();
  std::string every_byte;
  for (int byte = 0; byte < 256; ++byte) every_byte += static_cast<char>(byte);
  const std::string texts[] = {"",
                               " ",
                               "  ",
                               "Once upon a time",
                               " Once",
                               "Lily said, \"I'm sorry!\"\n\nThe end.\n",
                               "x",
                               "caf\xC3\xA9",
                               "\xE2\x98\x83 and \xF0\x9F\x90\x89",
                               "\xE2\x98",
                               "\x80\x80\x80\x80\x80",
                               "a\xCC\x81",
                               std::string("\0a\0", 3),
                               "<0x41> <s> </s> <unk>",
                               every_byte};
  for (const std::string& text : texts) {
    INFO(text);
    const Tokens tokens = tokenizer.encode(text);
    CHECK(tokens.front() == Tokenizer::kBegin);
    CHECK(tokenizer.decode(tokens) == text);
    CHECK(Tokens(tokens.begin() + 1, tokens.end()) == tokenizer.encode(text, false));
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      CHECK(tokens[i] > Tokenizer::kEnd);  // no text becomes a special token
      CHECK(tokens[i] < 512);
    }
  }
}

TEST_CASE("every token but the special ones adds its text") {
  const Tokenizer tokenizer = shipped();
  CHECK(tokenizer.size() == 512);
  CHECK(tokenizer.longest() == 7);
  CHECK(tokenizer.decode(5, Tokenizer::kBegin).empty());
  CHECK(tokenizer.decode(5, Tokenizer::kEnd).empty());
  for (int byte = 0; byte < 256; ++byte)
    CHECK(tokenizer.decode(5, 3 + byte) == std::string(1, static_cast<char>(byte)));
  CHECK(tokenizer.decode(5, 423) == " Once");
  CHECK(tokenizer.decode(Tokenizer::kBegin, 423) == "Once");
}

TEST_CASE("the tokens are those that llama2.c makes") {
  // Merges worked out with the greedy rule: of all neighbours, the pair of the best score first.
  CHECK(shipped().encode("Once upon a time") == Tokens{1, 423, 437, 261, 396});
  const Tokenizer tokenizer = small();
  CHECK(tokenizer.encode("", true) == Tokens{1});
  CHECK(tokenizer.encode("", false) == Tokens{});
  CHECK(tokenizer.encode("c") == Tokens{1, 3, 6});
  CHECK(tokenizer.encode("a") == Tokens{1, 10});
  CHECK(tokenizer.encode("bb") == Tokens{1, 3, 5, 5});
  CHECK(tokenizer.encode("abc") == Tokens{1, 3, 9});      // bc (2) before ab and " a" (1), then abc
  CHECK(tokenizer.encode("ab") == Tokens{1, 10, 5});      // " a" and ab tie: the leftmost
  CHECK(tokenizer.encode("aaa") == Tokens{1, 3, 11, 4});  // of two aa the leftmost
  CHECK(tokenizer.encode("\xC3\xA9") == Tokens{1, 3, 13});
}

TEST_CASE("a tokenizer without byte tokens says unk") {
  CHECK(small().encode("a\xE2\x98\x83z") == Tokens{1, 10, 0, 0});
  CHECK(small().decode(Tokens{1, 10, 0, 7}) == "a<unk>ab");
}

TEST_CASE("special tokens cannot be written in text") {
  CHECK(small().encode("<s>") == Tokens{1, 3, 0, 0, 0});
  const Tokens tokens = shipped().encode("\n<s>\n");
  CHECK(std::count(tokens.begin() + 1, tokens.end(), Tokenizer::kBegin) == 0);
}

TEST_CASE("a token that is not there is refused") {
  const Tokenizer tokenizer = small();
  const auto refused = [&](Token token) {
    return error_of<std::out_of_range>([&] { static_cast<void>(tokenizer.decode(1, token)); });
  };
  CHECK(refused(14) == "Tokenizer: token must satisfy 0 <= token < 14, got 14");
  CHECK(refused(-1) == "Tokenizer: token must satisfy 0 <= token < 14, got -1");
}

TEST_CASE("a long text takes no longer than it is") {
  std::string text;
  while (text.size() < 8000) text += "Once upon a time there was a dragon. ";
  CHECK(shipped().decode(shipped().encode(text)) == text);
}

TEST_CASE("a malformed file is refused") {
  const Bytes whole = files::tokenizer(5, kSmall);
  CHECK(refusal(Bytes(3), 14) ==
        "t.bin: too short for a llama2.c tokenizer: 3 bytes, the header takes 4");
  CHECK(refusal(files::tokenizer(0, kSmall), 14) ==
        "t.bin: longest token must satisfy 1 <= longest token <= 4096, got 0" + kIsIt);
  CHECK(refusal(files::tokenizer(-7, kSmall), 14) ==
        "t.bin: longest token must satisfy 1 <= longest token <= 4096, got -7" + kIsIt);
  CHECK(refusal(files::tokenizer(4097, kSmall), 14) ==
        "t.bin: longest token must satisfy 1 <= longest token <= 4096, got 4097" + kIsIt);
  CHECK(refusal(files::tokenizer(4, kSmall), 14) ==
        "t.bin: length of token 0 must satisfy 0 <= length <= 4, got 5" + kIsIt);

  Bytes negative = whole;
  negative[4 + 4 + 3] = std::byte{0x80};
  CHECK(refusal(negative, 14) ==
        "t.bin: length of token 0 must satisfy 0 <= length <= 5, got -2147483643" + kIsIt);

  const auto cut = [&](std::size_t kept) {
    return refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept)), 14);
  };
  CHECK(cut(4 + 7) == "t.bin: ends within the header of token 0");
  CHECK(cut(4 + 8 + 4) == "t.bin: ends within the text of token 0");
  CHECK(cut(4 + 8 + 5) == "t.bin: ends before token 1; the model has 14 tokens");
  for (std::size_t kept = 0; kept < whole.size(); ++kept) CHECK(cut(kept) != "nothing was thrown");
}

TEST_CASE("a file for another model is refused") {
  const Bytes whole = files::tokenizer(5, kSmall);
  CHECK(refusal(whole, 14) == "nothing was thrown");
  CHECK(refusal(whole, 15) == "t.bin: ends before token 14; the model has 15 tokens");
  CHECK(refusal(whole, 13) == "t.bin: 10 bytes follow token 12; the model has 13 tokens");
  CHECK_THAT(
      error_of([] { Tokenizer::load(STORYTELLER_DATA_DIR "/stories.bin", 512); }),
      Catch::Matchers::ContainsSubstring("length of token 2 must satisfy 0 <= length <= 96"));
  CHECK(error_of([] { Tokenizer::load("no/such/file", 512); }) ==
        "no/such/file: there is no such file");
}
