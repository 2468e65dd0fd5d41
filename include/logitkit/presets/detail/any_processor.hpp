// SPDX-License-Identifier: MIT
// AnyProcessor: a processor of any type, as a value of one type.
#pragma once

#include <logitkit/core/concepts.hpp>
#include <logitkit/presets/description.hpp>

#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// A value on the heap that copies as if it were not there. Empty once moved from.
template <class T>
struct Boxed {
  std::unique_ptr<T> value;

  explicit Boxed(T its) : value(std::make_unique<T>(std::move(its))) {}
  Boxed(const Boxed& other) : value(std::make_unique<T>(*other.value)) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    if constexpr (std::is_copy_assignable_v<T>) {
      if (value != nullptr) {
        *value = *other.value;
        return *this;
      }
    }
    value = std::make_unique<T>(*other.value);
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;
};

template <class P>
P& unboxed(P& processor) {
  return processor;
}
template <class P>
const P& unboxed(const Boxed<P>& box) {
  return *box.value;
}
template <class P>
P& unboxed(Boxed<P>& box) {
  return *box.value;
}

/// What can be done with a processor whose type is forgotten. `start`, `accept`, `recall` and
/// `describe` are null where it has no such member.
struct ProcessorTable {
  void (*run_floats)(const void*, Candidates<float>&, const Context&);
  void (*run_doubles)(const void*, Candidates<double>&, const Context&);
  void (*start)(void*, std::span<const Token>);
  void (*accept)(void*, Token);
  void (*recall)(void*, const void* before);  // of the same type
  bool (*needs_whole_row)(const void*);
  void (*describe)(const void*, Description&);
  void (*copy)(void* to, const void* from);     // to raw memory
  void (*assign)(void* to, const void* from);   // to another of the same type
  void (*move)(void* to, void* from) noexcept;  // to raw memory; `from` may only be destroyed
  void (*destroy)(void*) noexcept;
};

/// The table of a T, which is a processor or a box with one.
template <class T>
constexpr ProcessorTable processor_table() {
  using P = std::remove_cvref_t<decltype(unboxed(std::declval<T&>()))>;
  ProcessorTable table{};
  table.run_floats = [](const void* self, Candidates<float>& candidates, const Context& context) {
    static_cast<void>(unboxed(*static_cast<const T*>(self))(candidates, context));
  };
  table.run_doubles = [](const void* self, Candidates<double>& candidates, const Context& context) {
    static_cast<void>(unboxed(*static_cast<const T*>(self))(candidates, context));
  };
  if constexpr (StartingProcessor<P>) {
    table.start = [](void* self, std::span<const Token> prompt) {
      unboxed(*static_cast<T*>(self)).start(prompt);
    };
  }
  if constexpr (AcceptingProcessor<P>) {
    table.accept = [](void* self, Token token) { unboxed(*static_cast<T*>(self)).accept(token); };
  }
  if constexpr (RecallingProcessor<P>) {
    table.recall = [](void* self, const void* before) {
      unboxed(*static_cast<T*>(self)).recall(unboxed(*static_cast<const T*>(before)));
    };
  }
  table.needs_whole_row = [](const void* self) {
    return logitkit::needs_whole_row(unboxed(*static_cast<const T*>(self)));
  };
  if constexpr (requires(const P& p, Description& description) { p.describe(description); }) {
    table.describe = [](const void* self, Description& description) {
      unboxed(*static_cast<const T*>(self)).describe(description);
    };
  }
  table.copy = [](void* to, const void* from) { ::new (to) T(*static_cast<const T*>(from)); };
  table.assign = [](void* to, const void* from) {
    if constexpr (std::is_copy_assignable_v<T>) {
      *static_cast<T*>(to) = *static_cast<const T*>(from);  // whose memory is used again
    } else {
      T copy(*static_cast<const T*>(from));
      std::destroy_at(static_cast<T*>(to));
      ::new (to) T(std::move(copy));
    }
  };
  table.move = [](void* to, void* from) noexcept {
    ::new (to) T(std::move(*static_cast<T*>(from)));
  };
  table.destroy = [](void* self) noexcept { std::destroy_at(static_cast<T*>(self)); };
  return table;
}

template <class T>
inline constexpr ProcessorTable kProcessorTable = processor_table<T>();

/// A value: copying it copies the processor, state and all. Held in place where it fits into kRoom
/// bytes, as all of logitkit's without state do, so that a chain of these lies in one piece of
/// memory; else on the heap. A moved-from one may be assigned to or destroyed, and nothing else.
/// Cost: one indirect call.
class AnyProcessor {
 public:
  template <class P>
    requires(!std::same_as<P, AnyProcessor>) && Processor<P>
  explicit AnyProcessor(P processor) : table_(&kProcessorTable<Held<P>>) {
    ::new (static_cast<void*>(room_)) Held<P>(std::move(processor));
  }
  AnyProcessor(const AnyProcessor& other) : table_(other.table_) {
    table_->copy(room_, other.room_);
  }
  AnyProcessor(AnyProcessor&& other) noexcept : table_(other.table_) {
    table_->move(room_, other.room_);
  }
  AnyProcessor& operator=(const AnyProcessor& other) {
    if (table_ == other.table_) {
      table_->assign(room_, other.room_);
      return *this;
    }
    return *this = AnyProcessor(other);  // copied first: if that throws, nothing has happened
  }
  AnyProcessor& operator=(AnyProcessor&& other) noexcept {
    if (this == &other) return *this;
    table_->destroy(room_);
    table_ = other.table_;
    table_->move(room_, other.room_);
    return *this;
  }
  ~AnyProcessor() { table_->destroy(room_); }

  void operator()(Candidates<float>& candidates, const Context& context) const {
    table_->run_floats(room_, candidates, context);
  }
  void operator()(Candidates<double>& candidates, const Context& context) const {
    table_->run_doubles(room_, candidates, context);
  }
  void start(std::span<const Token> prompt) {
    if (table_->start != nullptr) table_->start(room_, prompt);
  }
  void accept(Token token) {
    if (table_->accept != nullptr) table_->accept(room_, token);
  }
  void recall(const AnyProcessor& before) {
    if (table_->recall != nullptr && table_ == before.table_) {
      table_->recall(room_, before.room_);
    }
  }
  [[nodiscard]] bool keeps_state() const {
    return table_->start != nullptr || table_->accept != nullptr;
  }
  [[nodiscard]] bool needs_whole_row() const { return table_->needs_whole_row(room_); }
  [[nodiscard]] Description description() const {
    Description description;
    if (table_->describe != nullptr) table_->describe(room_, description);
    return description;
  }

 private:
  static constexpr std::size_t kRoom = 64;
  template <class P>
  using Held = std::conditional_t<sizeof(P) <= kRoom && alignof(P) <= alignof(std::max_align_t) &&
                                      std::is_nothrow_move_constructible_v<P>,
                                  P, Boxed<P>>;

  const ProcessorTable* table_;
  alignas(std::max_align_t) std::byte room_[kRoom];
};

static_assert(StatefulProcessor<AnyProcessor>);

}  // namespace logitkit::inline LOGITKIT_ABI::detail
