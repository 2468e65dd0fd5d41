// SPDX-License-Identifier: MIT
// The version is written once: CMake, and so the package, reads it from the header.
#include <logitkit/version.hpp>

#include "support/catch.hpp"

TEST_CASE("CMake's version is the header's") {
  const std::string version = std::to_string(LOGITKIT_VERSION_MAJOR) + "." +
                              std::to_string(LOGITKIT_VERSION_MINOR) + "." +
                              std::to_string(LOGITKIT_VERSION_PATCH);
  CHECK(version == LOGITKIT_CMAKE_VERSION);
}
