// SPDX-License-Identifier: MIT
// Tokenizer: text to tokens and back, by the byte-pair encoding of a llama2.c tokenizer file.
//
// The file is an int32, the length of the longest token in bytes, and then for each token of the
// model's vocabulary a float (its score), an int32 (its length) and its bytes. By convention
// 0 is `unk`, 1 is `bos` (a text begins), 2 is `eos` (a text ends), and 3 to 258 are the 256
// bytes, spelled <0x00> to <0xFF>, into which a character falls apart that has no token.
//
// Encoding starts from single characters and, as long as two neighbours together are a token,
// replaces the pair whose token scores highest (the leftmost, if several do).
#pragma once

#include "file.hpp"

#include <logitkit/core/token.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace storyteller {

using logitkit::Token;

class Tokenizer {
 public:
  static constexpr Token kUnknown = 0;
  static constexpr Token kBegin = 1;
  static constexpr Token kEnd = 2;
  static constexpr Token kFirstByte = 3;

  /// Throws FileError, which calls the file `name`, if it does not hold exactly `vocabulary`
  /// tokens.
  Tokenizer(const Bytes& file, const std::string& name, std::size_t vocabulary) {
    std::span<const std::byte> bytes(file);
    const auto refuse = [&](const std::string& rule, std::int32_t value) {
      throw FileError(name,
                      rule + ", got " + std::to_string(value) + " (is this a llama2.c tokenizer?)");
    };
    if (bytes.size() < sizeof(std::int32_t))
      throw FileError(name, "too short for a llama2.c tokenizer: " + std::to_string(bytes.size()) +
                                " bytes, the header takes 4");
    const auto longest = take<std::int32_t>(bytes);
    if (longest < 1 || longest > 4096)
      refuse("longest token must satisfy 1 <= longest token <= 4096", longest);
    longest_ = static_cast<std::size_t>(longest);

    for (std::size_t token = 0; token < vocabulary; ++token) {
      const std::string which = "token " + std::to_string(token);
      if (bytes.empty())
        throw FileError(name, "ends before " + which + "; the model has " +
                                  std::to_string(vocabulary) + " tokens");
      if (bytes.size() < 8) throw FileError(name, "ends within the header of " + which);
      scores_.push_back(take<float>(bytes));
      const auto length = take<std::int32_t>(bytes);
      if (length < 0 || length > longest)
        refuse("length of " + which + " must satisfy 0 <= length <= " + std::to_string(longest),
               length);
      const auto size = static_cast<std::size_t>(length);
      if (bytes.size() < size) throw FileError(name, "ends within the text of " + which);
      texts_.emplace_back(reinterpret_cast<const char*>(bytes.data()), size);
      bytes = bytes.subspan(size);
    }
    if (!bytes.empty())
      throw FileError(name, std::to_string(bytes.size()) + " bytes follow token " +
                                std::to_string(vocabulary - 1) + "; the model has " +
                                std::to_string(vocabulary) + " tokens");
    index();
  }

  static Tokenizer load(const std::filesystem::path& path, std::size_t vocabulary) {
    return Tokenizer(read_file(path), path.string(), vocabulary);
  }

  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  [[nodiscard]] std::size_t longest() const { return longest_; }  // in bytes

  /// `bos`, if it is wanted, and the tokens of a space (words begin with one) and the text.
  [[nodiscard]] std::vector<Token> encode(std::string_view text, bool begin = true) const {
    std::vector<Token> tokens;
    if (begin) tokens.push_back(kBegin);
    if (text.empty()) return tokens;
    const std::string spaced = ' ' + std::string(text);

    std::vector<Piece> pieces = split(spaced);  // views of `spaced`, side by side
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) look_ahead(pieces, i);
    while (true) {
      const auto best = std::max_element(pieces.begin(), pieces.end(), [](auto& a, auto& b) {
        return a.pair_score < b.pair_score;  // the first of equals wins
      });
      if (best->pair == kNone) break;
      best->token = best->pair;
      best->text = {best->text.data(), best->text.size() + (best + 1)->text.size()};
      const auto merged = static_cast<std::size_t>(best - pieces.begin());
      pieces.erase(best + 1);
      look_ahead(pieces, merged);
      if (merged > 0) look_ahead(pieces, merged - 1);
    }
    for (const Piece& piece : pieces) tokens.push_back(piece.token);
    return tokens;
  }

  /// The bytes that `token` adds to a text whose last token is `previous`. The space that encoding
  /// put before the text is taken out again; `bos` and `eos` add nothing. A character may need
  /// several tokens: only their bytes together are UTF-8.
  [[nodiscard]] std::string_view decode(Token previous, Token token) const {
    if (token < 0 || static_cast<std::size_t>(token) >= size())
      throw std::out_of_range("Tokenizer: token must satisfy 0 <= token < " +
                              std::to_string(size()) + ", got " + std::to_string(token));
    if (token == kBegin || token == kEnd) return {};
    if (token >= kFirstByte && token < first_text_)
      return {&kBytes[static_cast<std::size_t>(token - kFirstByte)], 1};
    std::string_view text = texts_[static_cast<std::size_t>(token)];
    if (previous == kBegin && text.starts_with(' ')) text.remove_prefix(1);
    return text;
  }

  /// The text of several tokens, which by default begin the text.
  [[nodiscard]] std::string decode(std::span<const Token> tokens, Token previous = kBegin) const {
    std::string text;
    for (const Token token : tokens) text += decode(std::exchange(previous, token), token);
    return text;
  }

 private:
  static constexpr Token kNone = logitkit::kNoToken;
  static constexpr float kWorst = -std::numeric_limits<float>::infinity();
  static constexpr auto kBytes = [] {
    std::array<char, 256> bytes{};
    for (std::size_t i = 0; i < 256; ++i) bytes[i] = static_cast<char>(i);
    return bytes;
  }();

  /// A stretch of the text that is one token so far, and what it and the next would make together.
  struct Piece {
    Token token;
    std::string_view text;
    Token pair = kNone;
    float pair_score = kWorst;
  };

  void index() {
    has_bytes_ = size() >= kFirstByte + 256;
    for (std::size_t byte = 0; has_bytes_ && byte < 256; ++byte)
      has_bytes_ = texts_[kFirstByte + byte] == spelled(byte);
    // Text is never read as one of the special tokens or as a spelled byte.
    first_text_ = kFirstByte + (has_bytes_ ? 256 : 0);
    for (auto token = static_cast<std::size_t>(first_text_); token < size(); ++token)
      tokens_.emplace(texts_[token], static_cast<Token>(token));  // the lower id, if texts repeat
  }

  static std::string spelled(std::size_t byte) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return {'<', '0', 'x', kDigits[byte / 16], kDigits[byte % 16], '>'};
  }

  [[nodiscard]] Token find(std::string_view text) const {
    const auto found = tokens_.find(std::string(text));
    return found == tokens_.end() ? kNone : found->second;
  }

  /// One piece for each UTF-8 character that is a token; its bytes, or `unk`, for others.
  [[nodiscard]] std::vector<Piece> split(std::string_view text) const {
    const auto top_bits = [](char c) { return static_cast<unsigned char>(c) & 0xC0; };
    std::vector<Piece> pieces;
    while (!text.empty()) {
      std::size_t length = 1;
      if (top_bits(text[0]) == 0xC0)  // the first byte of several; the others begin with 10
        while (length < 4 && length < text.size() && top_bits(text[length]) == 0x80) ++length;
      const std::string_view character = text.substr(0, length);
      text.remove_prefix(length);
      if (const Token token = find(character); token != kNone) {
        pieces.push_back({token, character});
      } else if (has_bytes_) {
        for (std::size_t i = 0; i < length; ++i)
          pieces.push_back(
              {kFirstByte + static_cast<unsigned char>(character[i]), character.substr(i, 1)});
      } else {
        pieces.push_back({kUnknown, character});
      }
    }
    return pieces;
  }

  void look_ahead(std::vector<Piece>& pieces, std::size_t i) const {
    Piece& piece = pieces[i];
    piece.pair = kNone;
    piece.pair_score = kWorst;
    if (i + 1 == pieces.size()) return;
    const Piece& next = pieces[i + 1];
    if (piece.token < first_text_ || next.token < first_text_) return;  // a byte stays a byte
    const Token pair = find({piece.text.data(), piece.text.size() + next.text.size()});
    if (pair == kNone || !(scores_[static_cast<std::size_t>(pair)] > kWorst)) return;
    piece.pair = pair;
    piece.pair_score = scores_[static_cast<std::size_t>(pair)];
  }

  std::vector<std::string> texts_;                 // by token
  std::vector<float> scores_;                      // by token
  std::unordered_map<std::string, Token> tokens_;  // by text, special tokens and bytes left out
  std::size_t longest_ = 0;                        // bytes of the longest token
  bool has_bytes_ = false;                         // 3 to 258 are <0x00> to <0xFF>
  Token first_text_ = kFirstByte;                  // the first token that stands for its text
};

}  // namespace storyteller
