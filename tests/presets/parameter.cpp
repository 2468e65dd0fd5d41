// SPDX-License-Identifier: MIT
// Value: what it is made from, what it can be read as, its text.
#include "support/catch.hpp"

#include <logitkit/presets/parameter.hpp>

namespace lk = logitkit;
using lk::Value;

TEST_CASE("a value is made from every kind of number and list, and keeps its kind") {
  CHECK(Value(true).as<bool>() == true);
  CHECK(Value(40).as<std::int64_t>() == 40);
  CHECK(Value(40u).as<std::int64_t>() == 40);
  CHECK(Value(std::size_t(40)).as<std::int64_t>() == 40);
  CHECK(Value(0.8).as<double>() == 0.8);
  CHECK(Value(0.5f).as<double>() == 0.5);
  CHECK(Value(Value::Tokens{1, 2}).as<Value::Tokens>() == Value::Tokens{1, 2});
  const Value biases = std::vector<std::pair<lk::Token, float>>{{3, -1.5f}};
  CHECK(biases.as<Value::Biases>() == Value::Biases{{3, -1.5}});
  CHECK(Value(Value::Sequences{{1}, {2, 3}}).as<Value::Sequences>() ==
        Value::Sequences{{1}, {2, 3}});
  const Value::SequenceBiases runs{{{1, 2}, -2}};
  CHECK(Value(runs).as<Value::SequenceBiases>() == runs);
  CHECK_FALSE(Value(1) == Value(1.0));
  CHECK_FALSE(lk::Parameter{"a", 1} == lk::Parameter{"b", 1});
  CHECK_FALSE(lk::Parameter{"a", 1} == lk::Parameter{"a", 2});
}

TEST_CASE("a value is read as another kind where nothing is lost") {
  CHECK(Value(1).as<double>() == 1);
  CHECK(Value(40.0).as<std::int64_t>() == 40);
  CHECK_FALSE(Value(40.5).as<std::int64_t>());
  CHECK_FALSE(Value(1e300).as<std::int64_t>());
  CHECK_FALSE(Value(std::numeric_limits<double>::quiet_NaN()).as<std::int64_t>());
  CHECK_FALSE(Value(std::numeric_limits<std::uint64_t>::max()).as<std::int64_t>());
  CHECK(Value(2).as<Value::Tokens>() == Value::Tokens{2});
  CHECK_FALSE(Value(std::int64_t(1) << 40).as<Value::Tokens>());
  CHECK(Value(Value::Tokens{}).as<Value::Biases>() == Value::Biases{});
  CHECK_FALSE(Value(Value::Tokens{1}).as<Value::Biases>());
  CHECK_FALSE(Value(1).as<bool>());
  CHECK_FALSE(Value(true).as<double>());
  CHECK_FALSE(Value(true).as<std::int64_t>());
}

TEST_CASE("a value's text is short and exact") {
  CHECK(to_string(Value(false)) == "false");
  CHECK(to_string(Value(-1)) == "-1");
  CHECK(to_string(Value(0.8f)) == "0.8");
  CHECK(to_string(Value(0.95)) == "0.95");
  CHECK(to_string(Value(Value::Tokens{198, 262})) == "[198, 262]");
  CHECK(to_string(Value(Value::Tokens(100, 7))) == "[7, 7, 7, 7, ... 100 in all]");
  CHECK(to_string(Value(Value::Biases{{262, -1.5}})) == "[262: -1.5]");
  CHECK(to_string(Value(Value::Sequences{{1}, {2, 3}})) == "[[1], [2, 3]]");
  CHECK(to_string(Value(Value::SequenceBiases{{{1, 2}, -2}})) == "[[1, 2]: -2]");
}
