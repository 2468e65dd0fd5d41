// SPDX-License-Identifier: MIT
// The main of every test: says what is being tested, then runs Catch2.
#define CATCH_CONFIG_RUNNER
#include "support/catch.hpp"

#if __has_include(<catch2/catch_session.hpp>)
#include <catch2/catch_session.hpp>
#endif

#include <Eigen/Core>
#include <logitkit/version.hpp>

#include <iostream>

#define LOGITKIT_TEXT_OF(x) #x
#define LOGITKIT_TEXT(x) LOGITKIT_TEXT_OF(x)

int main(int argc, char* argv[]) {
  std::cout << "logitkit " << LOGITKIT_VERSION_MAJOR << '.' << LOGITKIT_VERSION_MINOR << '.'
            << LOGITKIT_VERSION_PATCH << " (" LOGITKIT_TEXT(LOGITKIT_ABI) "), Eigen "
            << EIGEN_WORLD_VERSION << '.' << EIGEN_MAJOR_VERSION << '.' << EIGEN_MINOR_VERSION
            << " (" << Eigen::SimdInstructionSetsInUse() << "), "
#if defined(__clang__)
            << "clang " __clang_version__
#elif defined(__GNUC__)
            << "g++ " __VERSION__
#endif
            << std::endl;
  return Catch::Session().run(argc, argv);
}
