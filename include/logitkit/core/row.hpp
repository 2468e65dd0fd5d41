// SPDX-License-Identifier: MIT
// Row: the model's scores for one position, read where the engine wrote them. Rows: several.
//
// Every contiguous run of float, double, Eigen::half or Eigen::bfloat16 is a row: std::span,
// std::vector, Eigen vectors, maps and refs. Several rows are one buffer: a column-major V x rows
// matrix or, which is the same memory, a row-major rows x V one; with a padded
// vocabulary, Rows<float>{data, count, vocabulary, stride}.
#pragma once

#include <logitkit/version.hpp>

#include <Eigen/Core>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace logitkit::inline LOGITKIT_ABI {

namespace detail {

template <class T>
concept RowScalar = std::same_as<T, float> || std::same_as<T, double> ||
                    std::same_as<T, Eigen::half> || std::same_as<T, Eigen::bfloat16>;

template <class R>
concept HasStorage = requires(const R& r) {
  *r.data();
  r.size();
};

template <class R>
concept EigenObject = requires(const R& r) { []<class D>(const Eigen::EigenBase<D>&) {}(r); };

template <class R>
inline constexpr bool kIsRow = false;

template <class R>
using RowScalarOf = std::remove_cvref_t<decltype(*std::declval<const R&>().data())>;

/// Each sentence names one thing that a type must be before it can be read as logits.
template <class R>
consteval bool explain_row() {
  using Plain = std::remove_cvref_t<R>;
  if constexpr (!kIsRow<Plain>) {
    static_assert(HasStorage<Plain> || !EigenObject<Plain>,
                  "logitkit: logits must have storage, and this is an unevaluated Eigen "
                  "expression, which would dangle: call .eval() or return Eigen::VectorXf");
    static_assert(HasStorage<Plain> || EigenObject<Plain>,
                  "logitkit: logits must be a contiguous range with data() and size(), such as "
                  "std::span, std::vector or an Eigen vector");
    if constexpr (HasStorage<Plain>) {
      static_assert(
          RowScalar<RowScalarOf<Plain>>,
          "logitkit: logits must be float, double, Eigen::half or Eigen::bfloat16, those of "
          "several rows in one buffer [rows x V]");
      if constexpr (EigenObject<Plain>) {
        static_assert(Plain::InnerStrideAtCompileTime == 1,
                      "logitkit: the scores of one row must be contiguous: several rows are a "
                      "column-major V x rows matrix or a row-major rows x V matrix");
      }
    }
  }
  return true;
}

/// What may be a temporary, since it does not own what it points to.
template <class R>
concept View = (EigenObject<R> && !std::derived_from<R, Eigen::PlainObjectBase<R>>) ||
               (!EigenObject<R> && std::is_trivially_copyable_v<R>);

}  // namespace detail

/// The scalar that candidates of a row are scored in: double for double rows, else float.
template <class R>
using ScoreOf =
    std::conditional_t<std::same_as<detail::RowScalarOf<std::remove_cvref_t<R>>, double>, double,
                       float>;

/// What can be read as one row of logits, or as several.
template <class R>
concept RowLike = detail::kIsRow<std::remove_cvref_t<R>> ||
                  (detail::HasStorage<std::remove_cvref_t<R>> &&
                   detail::RowScalar<detail::RowScalarOf<std::remove_cvref_t<R>>>);

/// One row of logits in the engine's memory, to be scored in S. Reads; owns nothing.
template <std::floating_point S>
class Row {
 public:
  using Score = S;

  Row() = default;
  explicit Row(const S* data, std::size_t size) : data_(data), size_(size) {}
  explicit Row(const Eigen::half* data, std::size_t size)
    requires std::same_as<S, float>
      : data_(data), size_(size), kind_(Kind::half) {}
  explicit Row(const Eigen::bfloat16* data, std::size_t size)
    requires std::same_as<S, float>
      : data_(data), size_(size), kind_(Kind::bfloat16) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] S operator[](std::size_t i) const {
    return visit([i](const auto* data) { return static_cast<S>(data[i]); });
  }

  /// Calls f with the typed pointer, so that a loop can be compiled for each kind of scalar.
  template <class F>
  decltype(auto) visit(F&& f) const {
    if constexpr (std::same_as<S, float>) {
      if (kind_ == Kind::half) return f(static_cast<const Eigen::half*>(data_));
      if (kind_ == Kind::bfloat16) return f(static_cast<const Eigen::bfloat16*>(data_));
    }
    return f(static_cast<const S*>(data_));
  }

 private:
  enum class Kind : std::uint8_t { same, half, bfloat16 };
  const void* data_ = nullptr;
  std::size_t size_ = 0;
  Kind kind_ = Kind::same;
};

template <std::floating_point S>
inline constexpr bool detail::kIsRow<Row<S>> = true;

/// Several rows of V logits each. `stride` counts scalars from one row to the next, >= vocabulary.
template <detail::RowScalar Scalar>
struct Rows {
  const Scalar* data = nullptr;
  std::size_t count = 0;
  std::size_t vocabulary = 0;
  std::size_t stride = 0;

  [[nodiscard]] Row<ScoreOf<std::span<Scalar>>> operator[](std::size_t r) const {
    return Row<ScoreOf<std::span<Scalar>>>(data + r * stride, vocabulary);
  }
  /// Rows first, first + 1, ..., n of them.
  [[nodiscard]] Rows part(std::size_t first, std::size_t n) const {
    return {data + first * stride, n, vocabulary, stride};
  }
};

template <class Scalar>
Rows(const Scalar*, std::size_t, std::size_t, std::size_t) -> Rows<Scalar>;

/// Reads a vector-like object as one row; a matrix of one row counts, one of several has length 0.
template <class R>
[[nodiscard]] Row<ScoreOf<R>> as_row(const R& row) {
  static_assert(detail::explain_row<R>());
  auto size = static_cast<std::size_t>(row.size());
  if constexpr (requires { row.outerSize(); }) {
    const bool contiguous =
        row.outerSize() == 1 || (row.innerSize() == 1 && row.outerStride() == 1);
    if (!contiguous) size = 0;
  }
  return Row<ScoreOf<R>>(row.data(), size);
}

template <std::floating_point S>
[[nodiscard]] Row<S> as_row(Row<S> row) {
  return row;
}

/// Reads an object as `count` rows: an Eigen matrix tells its own shape (a single row may lie
/// either way), a flat buffer is split. Where the shape does not fit, `count` of the result differs
/// or the vocabulary is 0.
template <class R>
[[nodiscard]] auto as_rows(const R& rows, std::size_t count) {
  static_assert(detail::explain_row<R>());
  using Scalar = detail::RowScalarOf<R>;
  if constexpr (requires { rows.outerStride(); }) {
    const auto outer = static_cast<std::size_t>(rows.outerSize());
    const auto inner = static_cast<std::size_t>(rows.innerSize());
    if (count == 1 && inner == 1 && rows.outerStride() == 1) {
      return Rows<Scalar>{rows.data(), 1, outer, outer};
    }
    return Rows<Scalar>{rows.data(), outer, inner, static_cast<std::size_t>(rows.outerStride())};
  } else {
    const auto size = static_cast<std::size_t>(rows.size());
    const std::size_t vocabulary = count != 0 && size % count == 0 ? size / count : 0;
    return Rows<Scalar>{rows.data(), count, vocabulary, vocabulary};
  }
}

template <detail::RowScalar Scalar>
[[nodiscard]] Rows<Scalar> as_rows(const Rows<Scalar>& rows, std::size_t) {
  return rows;
}

}  // namespace logitkit::inline LOGITKIT_ABI
