// SPDX-License-Identifier: MIT
// Buffer: what is written stays, through growth, copies and swaps; room is kept.
#include <logitkit/core/detail/buffer.hpp>

#include "support/catch.hpp"

using logitkit::detail::Buffer;

TEST_CASE("a buffer keeps what is in it when it grows", "[buffer]") {
  Buffer<int> buffer;
  CHECK(buffer.empty());
  for (int i = 0; i < 1000; ++i) buffer.push_back(i);
  buffer.reserve(5000);
  buffer.resize(1001);
  buffer[1000] = 7;
  REQUIRE(buffer.size() == 1001);
  for (std::size_t i = 0; i < 1000; ++i) CHECK(buffer[i] == int(i));
  CHECK(*(buffer.end() - 1) == 7);
  const int* const place = buffer.data();
  buffer.clear();
  CHECK(buffer.empty());
  buffer.reserve(1);
  buffer.resize(5000);
  CHECK(buffer.data() == place);
}

TEST_CASE("a buffer is a value: copies are apart, a move leaves something usable", "[buffer]") {
  Buffer<int> a;
  for (int i = 3; i < 53; ++i) a.push_back(i);
  Buffer<int> b(a);
  b[0] = -1;
  CHECK(a[0] == 3);
  const Buffer<int>& same = a;
  a = same;
  CHECK(a.size() == 50);
  Buffer<int> c(std::move(a));
  CHECK(c.size() == 50);
  a = b;
  CHECK(a[0] == -1);
  b = std::move(c);
  CHECK(b[0] == 3);
  b.swap(a);
  CHECK(b[0] == -1);
  for (std::size_t i = 0; i < 50; ++i) CHECK(a[i] == int(i) + 3);
}
