// SPDX-License-Identifier: MIT
// Before every test: candidates, and the kernels that they use, are compiled once, in odr.cpp.
#pragma once

#include <logitkit/core/candidates.hpp>

/// Declares them after `extern template`, and compiles them after `template`. Of doubles it names
/// members: what is looked at in rows of float alone would not compile for them.
#define LOGITKIT_TEST_COMPILED(keywords)                                               \
  keywords const math::Kernels& math::kernels<void>() noexcept;                        \
  keywords class Candidates<float>;                                                    \
  keywords Candidates<double>::Candidates(Row<double>, Workspace&);                    \
  keywords Candidates<double>::Candidates(CandidateList<double>, Workspace&);          \
  keywords double Candidates<double>::score(Token) const;                              \
  keywords Status Candidates<double>::status();                                        \
  keywords std::span<const Candidate> Candidates<double>::sorted(std::size_t, double); \
  keywords double Candidates<double>::log_sum_exp();                                   \
  keywords double Candidates<double>::log_probability(Token);                          \
  keywords std::size_t Candidates<double>::rank(Token);                                \
  keywords double Candidates<double>::entropy();                                       \
  keywords double Candidates<double>::collision();                                     \
  keywords double Candidates<double>::deviation();                                     \
  keywords void Candidates<double>::set(Token, double);                                \
  keywords void Candidates<double>::add(Token, double);                                \
  keywords void Candidates<double>::ban(Token);                                        \
  keywords void Candidates<double>::scale(double);                                     \
  keywords void Candidates<double>::shift(double);                                     \
  keywords void Candidates<double>::normalise();                                       \
  keywords void Candidates<double>::keep_top(std::size_t, bool);                       \
  keywords void Candidates<double>::keep_mass(double, std::size_t);                    \
  keywords void Candidates<double>::keep_near(double, double, std::size_t, bool);      \
  keywords void Candidates<double>::keep_above(double);                                \
  keywords void Candidates<double>::keep_only(std::span<const Token>);                 \
  keywords void Candidates<double>::mask(std::span<const std::uint32_t>);              \
  keywords Token Candidates<double>::draw(double);

namespace logitkit::inline LOGITKIT_ABI {
LOGITKIT_TEST_COMPILED(extern template)
}  // namespace logitkit::inline LOGITKIT_ABI
