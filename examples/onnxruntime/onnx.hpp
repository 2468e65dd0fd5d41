// SPDX-License-Identifier: MIT
// A recurrent network as an ONNX file in memory: a token and a state in, a state and logits out.
#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace host {

/// A protocol buffer: fields, each a number, or a length and that many bytes.
class Message {
 public:
  Message& number(std::uint32_t field, std::int64_t value) {
    varint(field << 3);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Message& bytes(std::uint32_t field, std::string_view value) {
    varint(field << 3 | 2);
    varint(value.size());
    bytes_ += value;
    return *this;
  }
  Message& message(std::uint32_t field, const Message& value) { return bytes(field, value.bytes_); }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

// The numbers of the fields are those of onnx.proto.

enum class Type : std::int64_t { floats = 1, ints = 6 };  // TensorProto.DataType

/// A TensorProto: Eigen's columns are ONNX's rows.
inline Message tensor(std::string_view name, const Eigen::MatrixXf& columns) {
  const auto size = static_cast<std::size_t>(columns.size()) * sizeof(float);
  Message made;
  made.number(1, columns.cols()).number(1, columns.rows()).number(2, std::int64_t(Type::floats));
  return made.bytes(8, name).bytes(9, {reinterpret_cast<const char*>(columns.data()), size});
}

/// A NodeProto.
inline Message node(std::string_view op, std::initializer_list<std::string_view> inputs,
                    std::string_view output) {
  Message made;
  for (const std::string_view input : inputs) made.bytes(1, input);
  return made.bytes(2, output).bytes(4, op);
}

/// A ValueInfoProto: `width` numbers for each of any number of rows; 0 stands for one.
inline Message value(std::string_view name, Type type, Eigen::Index width) {
  Message shape;
  shape.message(1, Message().bytes(2, "rows"));
  if (width != 0) shape.message(1, Message().number(1, width));
  const Message of = Message().number(1, std::int64_t(type)).message(2, shape);
  return Message().bytes(1, name).message(2, Message().message(1, of));
}

/// state = tanh(decay * state + input[token]), logits = state * output; as a ModelProto.
/// Units x tokens are the columns of `input`, tokens x units those of `output`.
inline std::string network(float decay, const Eigen::MatrixXf& input,
                           const Eigen::MatrixXf& output) {
  Message graph;
  graph.message(1, node("Mul", {"state", "decay"}, "kept"))
      .message(1, node("Gather", {"input", "token"}, "read"))
      .message(1, node("Add", {"kept", "read"}, "sum"))
      .message(1, node("Tanh", {"sum"}, "next"))
      .message(1, node("MatMul", {"next", "output"}, "logits"))
      .bytes(2, "network")
      .message(5, tensor("decay", Eigen::MatrixXf::Constant(1, 1, decay)))
      .message(5, tensor("input", input))
      .message(5, tensor("output", output))
      .message(11, value("token", Type::ints, 0))
      .message(11, value("state", Type::floats, input.rows()))
      .message(12, value("next", Type::floats, input.rows()))
      .message(12, value("logits", Type::floats, output.rows()));
  Message model;  // of IR version 8 and the operators of version 13
  model.number(1, 8).message(7, graph).message(8, Message().bytes(1, "").number(2, 13));
  return model.bytes();
}

}  // namespace host
