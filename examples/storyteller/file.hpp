// SPDX-License-Identifier: MIT
// Reading and writing whole files, and the one error that a bad file gives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace storyteller {

/// A file that cannot be used. The sentence names the file, and where it applies the field, the
/// rule and the value: "a.bin: dim must satisfy 1 <= dim <= 65536, got 0".
class FileError : public std::runtime_error {
 public:
  FileError(const std::string& file, const std::string& sentence)
      : std::runtime_error(file + ": " + sentence) {}
};

using Bytes = std::vector<std::byte>;

inline Bytes read_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    throw FileError(path.string(), "there is no such file");
  if (!std::filesystem::is_regular_file(status))
    throw FileError(path.string(), "is not a regular file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream stream(path, std::ios::binary);
  if (error || !stream) throw FileError(path.string(), "cannot be opened");
  Bytes bytes(static_cast<std::size_t>(size));
  stream.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (!stream) throw FileError(path.string(), "cannot be read to its end");
  return bytes;
}

inline void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream stream(path, std::ios::binary);
  stream << text << std::flush;
  if (!stream) throw std::runtime_error(path.string() + ": cannot be written");
}

/// The number at the front of `bytes`, which it then leaves out. The caller knows that it is there.
template <class Number>
Number take(std::span<const std::byte>& bytes) {
  static_assert(std::is_arithmetic_v<Number>);
  Number number;
  std::memcpy(&number, bytes.data(), sizeof number);
  bytes = bytes.subspan(sizeof number);
  return number;
}

}  // namespace storyteller
