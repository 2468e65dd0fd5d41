// SPDX-License-Identifier: MIT
// The peer `llama.cpp`: its samplers, from its own prebuilt library. A call fills its array of
// candidates from the row, as an engine must, and applies a chain. See CMakeLists.txt.
#include <llama.h>
#include <support/measure.hpp>
#include <support/slow.hpp>

namespace {

using bench::Logits, bench::Maker, bench::Scores, bench::Token;

/// A chain of samplers that owns them, and its candidates.
class Chain {
 public:
  Chain() {
    llama_sampler_chain_params params = llama_sampler_chain_default_params();
    params.no_perf = true;
    chain_.reset(llama_sampler_chain_init(params));
  }
  void add(llama_sampler* sampler) { llama_sampler_chain_add(chain_.get(), sampler); }
  void accept(Token token) { llama_sampler_accept(chain_.get(), token); }

  llama_token_data_array operator()(std::span<const float> row) {
    candidates_.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) candidates_[i] = {Token(i), row[i], 0};
    llama_token_data_array array{candidates_.data(), candidates_.size(), -1, false};
    llama_sampler_apply(chain_.get(), &array);
    return array;
  }

 private:
  struct Free {
    void operator()(llama_sampler* sampler) const { llama_sampler_free(sampler); }
  };
  std::unique_ptr<llama_sampler, Free> chain_;
  std::vector<llama_token_data> candidates_;
};

std::vector<Token> tokens_of(const llama_token_data_array& array) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i < array.size; ++i) tokens.push_back(array.data[i].id);
  return tokens;
}

/// `add(chain, V)` adds the samplers; `slow` leaves of a slow row what they should leave.
template <class F, class S>
Maker chain_of(F add, S slow) {
  return [=](std::size_t vocabulary) {
    const auto chain = std::make_shared<Chain>();
    add(*chain, vocabulary);
    return bench::method([=](const Logits& row) { return (*chain)(row.floats); },
                         [=](const Logits& row, const llama_token_data_array& left) {
                           return bench::nearly(tokens_of(left), slow(bench::scores_of(row)), row);
                         });
  };
}

/// The same for chains that end in the best token.
template <class F, class S>
Maker best_of(F add, S slow) {
  return [=](std::size_t vocabulary) {
    const auto chain = std::make_shared<Chain>();
    add(*chain, vocabulary);
    chain->add(llama_sampler_init_greedy());
    return bench::method([=](const Logits& row) { return (*chain)(row.floats); },
                         [=](const Logits& row, const llama_token_data_array& left) {
                           return left.selected >= 0 &&
                                  left.data[left.selected].id ==
                                      bench::best(slow(bench::scores_of(row)));
                         });
  };
}

constexpr std::uint32_t kSeed = 7;

void draw(Chain& chain, std::size_t) {
  chain.add(llama_sampler_init_temp(0.8f));
  chain.add(llama_sampler_init_dist(kSeed));
}
void default_chain(Chain& chain, std::size_t) {
  chain.add(llama_sampler_init_top_k(40));
  chain.add(llama_sampler_init_temp(0.8f));
  chain.add(llama_sampler_init_top_p(0.95f, 1));
  chain.add(llama_sampler_init_min_p(0.05f, 1));
  chain.add(llama_sampler_init_dist(kSeed));
}
void min_p_chain(Chain& chain, std::size_t vocabulary) {
  chain.add(llama_sampler_init_min_p(0.05f, 1));
  draw(chain, vocabulary);
}
void penalties(Chain& chain, std::size_t vocabulary) {
  const auto size = static_cast<std::int32_t>(vocabulary);
  chain.add(llama_sampler_init_penalties(size, 64, 1.3f, 0.7f, 0.7f));
  for (const Token token : bench::some_tokens(vocabulary)) chain.accept(token);
}

const bench::Part kPart("llama.cpp", [] {
  const auto add = [](const std::string& operation, const Maker& make) {
    bench::peers()[operation].push_back({"llama.cpp", make});
  };
  add("greedy", best_of([](Chain&, std::size_t) {}, [](const Scores& row) { return row; }));
  add("draw", chain_of(draw, bench::slow_draw));
  add("default_chain", chain_of(default_chain, bench::slow_default_chain));
  add("min_p_chain", chain_of(min_p_chain, bench::slow_min_p_chain));
  for (const int k : {1, 40, 1000}) {
    add("top_k_" + std::to_string(k),
        chain_of([=](Chain& chain, std::size_t) { chain.add(llama_sampler_init_top_k(k)); },
                 [=](const Scores& row) { return reference::top_k(row, std::size_t(k)); }));
  }
  add("top_p", chain_of([](Chain& c, std::size_t) { c.add(llama_sampler_init_top_p(0.95f, 1)); },
                        bench::slow_top_p));
  add("min_p", chain_of([](Chain& c, std::size_t) { c.add(llama_sampler_init_min_p(0.05f, 1)); },
                        bench::slow_min_p));
  add("penalties", best_of(penalties, bench::slow_penalties));
});

}  // namespace
