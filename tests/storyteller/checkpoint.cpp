// SPDX-License-Identifier: MIT
// Checkpoint: reads what llama2.c writes, and says what is wrong with everything else.
#include "checkpoint.hpp"

#include "files.hpp"
#include "support/catch.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

using files::error_of;
using files::Header;
using storyteller::Bytes;
using storyteller::Checkpoint;

namespace {

std::string refusal(const Bytes& bytes) {
  return error_of([&] { Checkpoint(bytes, "m.bin"); });
}

/// The sentence for a header alone: every field is judged before the size is.
std::string refusal(const Header& header) { return refusal(files::header_bytes(header)); }

const std::string kIsIt = " (is this a llama2.c checkpoint?)";

float number_at(const Bytes& file, std::size_t index) {
  float number;
  std::memcpy(&number, file.data() + 28 + 4 * index, sizeof number);
  return number;
}

}  // namespace

TEST_CASE("the shipped checkpoint has the shape that its story tells") {
  const auto checkpoint = Checkpoint::load(STORYTELLER_DATA_DIR "/stories.bin");
  const storyteller::Shape& shape = checkpoint.shape();
  CHECK(shape.dim == 96);
  CHECK(shape.hidden == 256);
  CHECK(shape.layers == 5);
  CHECK(shape.heads == 8);
  CHECK(shape.kv_heads == 4);
  CHECK(shape.vocabulary == 512);
  CHECK(shape.context == 256);
  CHECK(shape.head() == 12);
  CHECK(shape.kv() == 48);
  CHECK(shape.shared_classifier);
  CHECK(checkpoint.classifier().data() == checkpoint.embedding().data());
}

TEST_CASE("every tensor is found where the format puts it") {
  const Header header{.dim = 8,
                      .hidden = 6,
                      .layers = 2,
                      .heads = 4,
                      .kv_heads = 2,
                      .vocabulary = -5,
                      .context = 3};
  const Bytes file = files::checkpoint(header);
  const Checkpoint checkpoint(file, "m.bin");
  CHECK(checkpoint.shape().vocabulary == 5);
  CHECK_FALSE(checkpoint.shape().shared_classifier);

  // Counted by hand: dim 8, hidden 6, kv 4, head 2.
  std::size_t at = 0;
  const auto begins = [&](const auto& tensor, std::size_t floats) {
    CHECK(tensor(0, 0) == number_at(file, at));
    CHECK(tensor(tensor.rows() - 1, tensor.cols() - 1) == number_at(file, at + floats - 1));
    CHECK(static_cast<std::size_t>(tensor.size()) == floats);
    at += floats;
  };
  begins(checkpoint.embedding(), 40);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).attention_norm, 8);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).wq, 64);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).wk, 32);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).wv, 32);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).wo, 64);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).feed_forward_norm, 8);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).w1, 48);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).w2, 48);
  for (int l = 0; l < 2; ++l) begins(checkpoint.layer(l).w3, 48);
  begins(checkpoint.final_norm(), 8);
  at += 3 * 2;  // the rotations
  begins(checkpoint.classifier(), 40);
  CHECK(28 + 4 * at == file.size());

  // Row by row: the second number of a matrix stands beside the first.
  CHECK(checkpoint.layer(0).wq(0, 1) == number_at(file, 40 + 2 * 8 + 1));
}

TEST_CASE("a copy lives on by itself") {
  auto original = std::make_unique<Checkpoint>(files::checkpoint({}), "m.bin");
  Checkpoint copy = *original;
  const float first = original->embedding()(0, 0);
  original.reset();
  CHECK(copy.embedding()(0, 0) == first);
  copy = Checkpoint(files::checkpoint({}, 2), "n.bin");
  CHECK(copy.name() == "n.bin");
}

TEST_CASE("a field out of range is named, with its rule and its value") {
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int32_t>::min();
  CHECK(refusal(Header{.dim = 0}) == "m.bin: dim must satisfy 1 <= dim <= 65536, got 0" + kIsIt);
  CHECK(refusal(Header{.dim = -96}) ==
        "m.bin: dim must satisfy 1 <= dim <= 65536, got -96" + kIsIt);
  CHECK(refusal(Header{.hidden = kMost}) ==
        "m.bin: hidden must satisfy 1 <= hidden <= 1048576, got 2147483647" + kIsIt);
  CHECK(refusal(Header{.layers = 0}) ==
        "m.bin: layers must satisfy 1 <= layers <= 4096, got 0" + kIsIt);
  CHECK(refusal(Header{.heads = 0}) ==
        "m.bin: heads must satisfy 1 <= heads <= 65536, got 0" + kIsIt);
  CHECK(refusal(Header{.kv_heads = -1}) ==
        "m.bin: kv heads must satisfy 1 <= kv heads <= 65536, got -1" + kIsIt);
  CHECK(refusal(Header{.vocabulary = 0}) ==
        "m.bin: vocabulary must satisfy 1 <= |vocabulary| <= 16777216, got 0" + kIsIt);
  CHECK(refusal(Header{.vocabulary = kLeast}) ==
        "m.bin: vocabulary must satisfy 1 <= |vocabulary| <= 16777216, got -2147483648" + kIsIt);
  CHECK(refusal(Header{.context = kLeast}) ==
        "m.bin: context must satisfy 1 <= context <= 16777216, got -2147483648" + kIsIt);
}

TEST_CASE("heads that do not fit together are refused") {
  CHECK(refusal(Header{.heads = 5}) == "m.bin: heads must divide dim (24), got 5" + kIsIt);
  CHECK(refusal(Header{.kv_heads = 3}) == "m.bin: kv heads must divide heads (4), got 3" + kIsIt);
  CHECK(refusal(Header{.kv_heads = 8}) == "m.bin: kv heads must divide heads (4), got 8" + kIsIt);
  CHECK(refusal(Header{.heads = 8}) ==
        "m.bin: dim / heads must be even (rotations turn pairs), got 3" + kIsIt);
}

TEST_CASE("a file of the wrong size is refused, the largest header too") {
  const Bytes whole = files::checkpoint({});
  const std::string rule =
      ": its header promises " + std::to_string(whole.size()) + " bytes, it has ";
  for (const std::size_t kept : {std::size_t{28}, std::size_t{29}, whole.size() - 1}) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(kept));
    CHECK(refusal(part) == "m.bin: the file is truncated" + rule + std::to_string(kept));
  }
  Bytes longer = whole;
  longer.push_back({});
  CHECK(refusal(longer) == "m.bin: the file is too long" + rule + std::to_string(longer.size()));

  CHECK(refusal(Bytes(27)) ==
        "m.bin: too short for a llama2.c checkpoint: 27 bytes, the header takes 28");
  CHECK(refusal(Bytes{}) ==
        "m.bin: too short for a llama2.c checkpoint: 0 bytes, the header takes 28");
  CHECK(refusal(Header{1 << 16, 1 << 20, 1 << 12, 1 << 15, 1 << 15, -(1 << 24), 1 << 24}) ==
        "m.bin: the file is truncated: its header promises 3667973072224284 bytes, it has 28");
}

TEST_CASE("files of other formats are told apart") {
  const auto beginning = [](std::string_view bytes) {
    Bytes file = files::checkpoint({});
    std::memcpy(file.data(), bytes.data(), bytes.size());
    return refusal(file);
  };
  const std::string reads = " file; storyteller reads llama2.c checkpoints";
  CHECK(beginning("GGUF") == "m.bin: is a GGUF" + reads);
  CHECK(beginning("PK\x03\x04") == "m.bin: is a zip (or PyTorch)" + reads);
  CHECK(beginning({"\x40\0\0\0\0\0\0\0{\"", 10}) == "m.bin: is a safetensors" + reads);
  CHECK(beginning("24ka") ==
        "m.bin: is a llama2.c checkpoint of version 1 or later; export it with `--version 0` "
        "(legacy)");
  CHECK(beginning("xxxx") == "m.bin: dim must satisfy 1 <= dim <= 65536, got 2021161080" + kIsIt);
  CHECK_THAT(
      error_of([] { Checkpoint::load(STORYTELLER_DATA_DIR "/tokenizer.bin"); }),
      Catch::Matchers::ContainsSubstring("hidden must satisfy 1 <= hidden <= 1048576, got 0"));
}

TEST_CASE("a file is loaded from where it is, or said not to be there") {
  namespace fs = std::filesystem;
  const fs::path path = fs::temp_directory_path() / "storyteller-checkpoint-test.bin";
  const Bytes bytes = files::checkpoint({});
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  CHECK(Checkpoint::load(path).shape().dim == 24);
  fs::remove(path);
  CHECK(error_of([&] { Checkpoint::load(path); }) == path.string() + ": there is no such file");
  const fs::path folder = STORYTELLER_DATA_DIR;
  CHECK(error_of([&] { Checkpoint::load(folder); }) == folder.string() + ": is not a regular file");
}
