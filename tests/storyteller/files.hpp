// SPDX-License-Identifier: MIT
// Small model and tokenizer files, made up byte by byte, for the tests of storyteller.
#pragma once

#include "file.hpp"

#include <logitkit/core/token.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace files {

using logitkit::Token;
using storyteller::Bytes;

template <class Number>
void put(Bytes& bytes, Number number) {
  std::array<std::byte, sizeof number> raw;
  std::memcpy(raw.data(), &number, sizeof number);
  bytes.insert(bytes.end(), raw.begin(), raw.end());
}

/// The seven numbers of a checkpoint, in the file's order.
struct Header {
  std::int32_t dim = 24, hidden = 20, layers = 2, heads = 4, kv_heads = 2, vocabulary = 13,
               context = 16;
};

inline Bytes header_bytes(const Header& h) {
  Bytes bytes;
  for (const std::int32_t field :
       {h.dim, h.hidden, h.layers, h.heads, h.kv_heads, h.vocabulary, h.context})
    put(bytes, field);
  return bytes;
}

/// How many floats follow the header of a valid checkpoint.
inline std::size_t weight_count(const Header& h) {
  const int kv = h.dim / h.heads * h.kv_heads;
  const int layer = 2 * h.dim + 2 * h.dim * h.dim + 2 * kv * h.dim + 3 * h.hidden * h.dim;
  const int tables = h.vocabulary < 0 ? -2 * h.vocabulary : h.vocabulary;
  return static_cast<std::size_t>(tables * h.dim + h.layers * layer + h.dim +
                                  h.context * h.dim / h.heads);
}

/// A checkpoint of pseudo-random weights between -bound and bound.
inline Bytes checkpoint(const Header& header, std::uint32_t seed = 1, float bound = 0.6f) {
  Bytes bytes = header_bytes(header);
  for (std::size_t i = 0; i < weight_count(header); ++i) {
    seed = seed * 1664525u + 1013904223u;
    put(bytes, (static_cast<float>(seed >> 8) / 8388608.0f - 1.0f) * bound);
  }
  return bytes;
}

struct Entry {
  float score;
  std::string text;
};

inline Bytes tokenizer(std::int32_t longest, const std::vector<Entry>& entries) {
  Bytes bytes;
  put(bytes, longest);
  for (const Entry& entry : entries) {
    put(bytes, entry.score);
    put(bytes, static_cast<std::int32_t>(entry.text.size()));
    for (const char c : entry.text) bytes.push_back(static_cast<std::byte>(c));
  }
  return bytes;
}

/// What `run` throws as an E, in words; anything else passes through.
template <class E = storyteller::FileError, class F>
std::string error_of(F&& run) {
  try {
    run();
  } catch (const E& error) {
    return error.what();
  }
  return "nothing was thrown";
}

}  // namespace files
