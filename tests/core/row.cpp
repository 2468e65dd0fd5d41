// SPDX-License-Identifier: MIT
// Row and Rows: every container that holds logits is read in place, and nothing else is accepted.
#include <logitkit/core/row.hpp>

#include "support/catch.hpp"

#include <array>
#include <list>
#include <string>
#include <vector>

namespace lk = logitkit;

// --- What is a row
// ----------------------------------------------------------------------------------
static_assert(lk::RowLike<std::vector<float>> && lk::RowLike<std::vector<double>>);
static_assert(lk::RowLike<const std::vector<float>&> && lk::RowLike<std::array<float, 3>>);
static_assert(lk::RowLike<std::span<const float>> && lk::RowLike<std::span<double>>);
static_assert(lk::RowLike<std::vector<Eigen::half>> && lk::RowLike<std::span<Eigen::bfloat16>>);
static_assert(lk::RowLike<Eigen::VectorXf> && lk::RowLike<Eigen::RowVectorXd>);
static_assert(lk::RowLike<Eigen::ArrayXf> && lk::RowLike<Eigen::Matrix<float, 7, 1>>);
static_assert(lk::RowLike<Eigen::Map<const Eigen::VectorXf>>);
static_assert(lk::RowLike<Eigen::Ref<const Eigen::VectorXf>>);
static_assert(!lk::RowLike<int> && !lk::RowLike<float*> && !lk::RowLike<std::list<float>>);
static_assert(!lk::RowLike<std::vector<int>> && !lk::RowLike<std::string>);
static_assert(!lk::RowLike<std::vector<bool>> && !lk::RowLike<std::vector<long double>>);
static_assert(!lk::RowLike<decltype(Eigen::VectorXf() + Eigen::VectorXf())>);

static_assert(std::same_as<lk::ScoreOf<std::vector<float>>, float>);
static_assert(std::same_as<lk::ScoreOf<std::vector<double>>, double>);
static_assert(std::same_as<lk::ScoreOf<const Eigen::VectorXd&>, double>);
static_assert(std::same_as<lk::ScoreOf<std::vector<Eigen::half>>, float>);
static_assert(std::same_as<lk::ScoreOf<std::span<const Eigen::bfloat16>>, float>);

namespace {

template <class R>
void require_counts_up(const R& container, std::size_t size) {
  const auto row = lk::as_row(container);
  static_assert(std::same_as<decltype(row), const lk::Row<lk::ScoreOf<R>>>);
  REQUIRE(row.size() == size);
  for (std::size_t i = 0; i < size; ++i) REQUIRE(double(row[i]) == double(i));
  REQUIRE(row.visit([](const auto* data) { return static_cast<const void*>(data); }) ==
          static_cast<const void*>(container.data()));  // read in place
}

}  // namespace

TEST_CASE("rows are read from every container, in place", "[row]") {
  require_counts_up(std::vector<float>{0, 1, 2}, 3);
  require_counts_up(std::vector<double>{0, 1}, 2);
  require_counts_up(std::array<float, 4>{0, 1, 2, 3}, 4);
  const float memory[] = {0, 1, 2, 3, 4};
  require_counts_up(std::span(memory), 5);
  require_counts_up(std::span(memory).first(0), 0);
  const std::vector<Eigen::half> halves{Eigen::half(0.0f), Eigen::half(1.0f)};
  require_counts_up(halves, 2);
  const std::vector<Eigen::bfloat16> brains{Eigen::bfloat16(0.0f), Eigen::bfloat16(1.0f)};
  require_counts_up(std::span(brains), 2);
}

TEST_CASE("rows are read from Eigen's vectors, maps, refs, arrays and columns", "[row]") {
  const Eigen::VectorXf vector = Eigen::VectorXf::LinSpaced(9, 0, 8);
  require_counts_up(vector, 9);
  require_counts_up(Eigen::RowVectorXd::LinSpaced(5, 0, 4).eval(), 5);
  require_counts_up(Eigen::ArrayXf::LinSpaced(5, 0, 4).eval(), 5);
  require_counts_up(Eigen::Map<const Eigen::VectorXf>(vector.data(), 4), 4);
  require_counts_up(Eigen::Ref<const Eigen::VectorXf>(vector), 9);
  require_counts_up(vector.head(3), 3);
  Eigen::MatrixXf matrix(6, 2);
  matrix.col(1) << 0, 1, 2, 3, 4, 5;
  require_counts_up(matrix.col(1), 6);
  Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> row_major(2, 3);
  row_major.row(1) << 0, 1, 2;
  require_counts_up(row_major.row(1), 3);
  const Eigen::MatrixXf one_column = vector;
  require_counts_up(one_column, 9);
}

TEST_CASE("several rows are the columns of V x rows, or the rows of rows x V", "[row]") {
  Eigen::MatrixXf columns(3, 2);
  columns << 0, 10, 1, 11, 2, 12;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> lines(2, 3);
  lines << 0, 1, 2, 10, 11, 12;
  const auto check = [](const auto& rows) {
    REQUIRE(rows.count == 2);
    REQUIRE(rows.vocabulary == 3);
    for (std::size_t r = 0; r < 2; ++r) {
      REQUIRE(rows[r].size() == 3);
      for (std::size_t i = 0; i < 3; ++i) REQUIRE(double(rows[r][i]) == double(10 * r + i));
    }
  };
  check(lk::as_rows(columns, 2));
  check(lk::as_rows(lines, 2));
  check(lk::as_rows(std::vector<float>{0, 1, 2, 10, 11, 12}, 2));
  check(lk::as_rows(lk::as_rows(columns, 2), 2));
  Eigen::MatrixXf padded = Eigen::MatrixXf::Constant(5, 2, -99);  // two rows of padding
  padded.topRows(3) = columns;
  check(lk::as_rows(padded.topRows(3), 2));
  REQUIRE(lk::as_rows(padded.topRows(3), 2).stride == 5);
  const float strided[] = {0, 1, 2, -99, 10, 11, 12, -99};
  check(lk::Rows<float>{strided, 2, 3, 4});
  const Eigen::Map<const Eigen::MatrixXf, 0, Eigen::OuterStride<>> map(strided, 3, 2,
                                                                       Eigen::OuterStride<>(4));
  check(lk::as_rows(map, 2));
}

TEST_CASE("several half rows are scored in float", "[row]") {
  const std::vector<Eigen::half> buffer(6, Eigen::half(1.5f));
  const auto rows = lk::as_rows(buffer, 3);
  static_assert(std::same_as<decltype(rows[0]), lk::Row<float>>);
  REQUIRE(rows.vocabulary == 2);
  REQUIRE(rows[2][1] == 1.5f);
}

TEST_CASE("a buffer that does not split evenly has no vocabulary", "[row]") {
  const std::vector<float> buffer(7);
  REQUIRE(lk::as_rows(buffer, 2).vocabulary == 0);
  REQUIRE(lk::as_rows(buffer, 0).vocabulary == 0);
  REQUIRE(lk::as_rows(buffer, 7).vocabulary == 1);
  REQUIRE(lk::as_rows(std::vector<float>{}, 3).vocabulary == 0);
}

TEST_CASE("a matrix block with gaps is never read as one row", "[row]") {
  // The storage of a block is not contiguous: reading size() scalars from data() is another row.
  Eigen::MatrixXf matrix = Eigen::MatrixXf::Constant(4, 3, -99);
  const auto line = lk::as_row(matrix.topRows(1));  // 1 x 3, the scores 4 floats apart
  REQUIRE(line.size() == 0);                        // which is the status wrong_length
}
