// SPDX-License-Identifier: MIT
// The storyteller's readers on any file: refused by a FileError, or read, and then used.
#include "checkpoint.hpp"
#include "tokenizer.hpp"

#include "fuzz/bytes.hpp"

#include <cstring>
#include <string>

using fuzz::Bytes;
using fuzz::expect;
using storyteller::Checkpoint;
using storyteller::FileError;
using storyteller::Tokenizer;

namespace {

storyteller::Bytes file_of(std::span<const std::uint8_t> bytes) {
  storyteller::Bytes file(bytes.size());
  if (!bytes.empty()) std::memcpy(file.data(), bytes.data(), bytes.size());
  return file;
}

/// Any bytes, or seven small numbers and as many floats as they promise, or nearly.
storyteller::Bytes checkpoint_file(Bytes& bytes) {
  if (bytes.flag()) return file_of(bytes.rest());
  const std::int32_t head = 2 * (1 + bytes.byte() % 2), kv_heads = 1 + bytes.byte() % 2;
  const std::int32_t heads = kv_heads * (1 + bytes.byte() % 2), dim = head * heads;
  const std::int32_t shape[] = {dim,      1 + bytes.byte() % 8,  1 + bytes.byte() % 3, heads,
                                kv_heads, bytes.byte() % 16 - 8, 1 + bytes.byte() % 8};
  const std::int32_t kv = head * kv_heads, vocabulary = shape[5] < 0 ? -2 * shape[5] : shape[5];
  const std::int32_t floats =
      vocabulary * dim + dim + shape[6] * head +
      shape[2] * (2 * dim + 2 * dim * dim + 2 * kv * dim + 3 * shape[1] * dim);
  const int off = bytes.byte() % 16 == 0 ? bytes.byte() % 9 - 4 : 0;
  storyteller::Bytes file(static_cast<std::size_t>(28 + 4 * floats + off));
  std::memcpy(file.data(), shape, sizeof shape);
  for (std::size_t i = 28; i < file.size(); ++i) file[i] = static_cast<std::byte>(bytes.byte());
  return file;
}

/// Reads every weight there is.
void read(const Checkpoint& checkpoint) {
  double sum = 0;
  const auto add = [&](const auto& weights) {
    for (Eigen::Index i = 0; i < weights.size(); ++i) sum += double(weights.data()[i]);
  };
  add(checkpoint.embedding()), add(checkpoint.classifier()), add(checkpoint.final_norm());
  for (Eigen::Index l = 0; l < checkpoint.shape().layers; ++l) {
    const auto layer = checkpoint.layer(l);
    add(layer.attention_norm), add(layer.feed_forward_norm);
    add(layer.wq), add(layer.wk), add(layer.wv), add(layer.wo);
    add(layer.w1), add(layer.w2), add(layer.w3);
  }
  volatile double used = sum;
  static_cast<void>(used);
}

/// Any bytes, or tokens of any bytes and scores, and among them all single bytes if there is room.
storyteller::Bytes tokenizer_file(Bytes& bytes, std::size_t vocabulary, bool& has_bytes) {
  has_bytes = bytes.byte() % 4 != 0 && vocabulary >= 259;
  if (!has_bytes && bytes.flag()) return file_of(bytes.rest());
  storyteller::Bytes file;
  const auto put = [&](auto number) {
    std::byte raw[sizeof number];
    std::memcpy(raw, &number, sizeof number);
    file.insert(file.end(), std::begin(raw), std::end(raw));
  };
  put(std::int32_t{8});
  for (std::size_t token = 0; token < vocabulary; ++token) {
    const bool byte_token = token >= 3 && token < 259;
    const auto length = static_cast<std::int32_t>(byte_token ? 6 : bytes.below(5));
    put(static_cast<float>(bytes.number()));
    put(length);
    if (byte_token) {
      char text[7];
      std::snprintf(text, sizeof text, "<0x%02X>", static_cast<unsigned>(token - 3) & 0xffu);
      for (int i = 0; i < 6; ++i) file.push_back(static_cast<std::byte>(text[i]));
    } else {
      for (int i = 0; i < length; ++i) file.push_back(static_cast<std::byte>(bytes.byte()));
    }
  }
  return file;
}

void use(const Tokenizer& tokenizer, bool has_bytes, Bytes& bytes) {
  std::string text;
  while (!bytes.empty() && text.size() < 64) text += static_cast<char>(bytes.byte());
  const auto tokens = tokenizer.encode(text);
  for (const logitkit::Token token : tokens) {
    expect(token >= 0 && static_cast<std::size_t>(token) < tokenizer.size(), "tokens that exist");
  }
  const std::string told = tokenizer.decode(tokens);
  // Without single bytes, what is no token is unknown.
  expect(!has_bytes || told == text || told == ' ' + text, "what is encoded decodes to itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  try {
    if (bytes.flag()) {
      read(Checkpoint(checkpoint_file(bytes), "m.bin"));
    } else {
      const std::size_t vocabulary = bytes.flag() ? 270 : 3 + bytes.below(20);
      bool has_bytes = false;
      const auto file = tokenizer_file(bytes, vocabulary, has_bytes);
      use(Tokenizer(file, "t.bin", vocabulary), has_bytes, bytes);
    }
  } catch (const FileError& error) {
    expect(std::string_view(error.what()).size() > 10, "a refusal is a sentence");
  }
  return 0;
}
