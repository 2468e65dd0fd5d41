// SPDX-License-Identifier: MIT
// A logitkit chain as a llama_sampler: it can stand anywhere among llama.cpp's own.
#pragma once

#include <llama.h>
#include <logitkit/logitkit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace host {

namespace lk = logitkit;

/// Narrows llama.cpp's candidates as a chain does, and selects one of them as a decoder would: a
/// chooser is lk::ChooseBest, or lk::ChooseRandomly with a decider. Behind another sampler it sees
/// what that one has left. What it leaves is written back in ascending tokens, with logits; if that
/// is nothing, none is selected. Probabilities are not filled in.
///
/// Its array has 12 bytes a token, {id, logit, p}. Logits are read through a strided map, into
/// contiguous memory, since kernels read whole vectors: one pass, no arithmetic. An engine that
/// samples by itself spares that: what llama_get_logits_ith points to is a row as it is.
template <class C, class Chooser>
class Sampler {
 public:
  Sampler(C chain, Chooser chooser, std::size_t vocabulary)
      : unstarted_(std::move(chain)), chooser_(std::move(chooser)), vocabulary_(vocabulary) {
    reset();
  }

  /// Hands a sampler to llama.cpp, which frees it: by llama_sampler_free, or with the llama.cpp
  /// chain that it is added to.
  static llama_sampler* handed_over(std::unique_ptr<Sampler> sampler) {
    static llama_sampler_i functions = [] {
      llama_sampler_i all{};
      all.name = [](const llama_sampler*) { return "logitkit"; };
      all.accept = [](llama_sampler* self, llama_token token) { of(self).accept(token); };
      all.apply = [](llama_sampler* self, llama_token_data_array* a) { of(self).apply(*a); };
      all.reset = [](llama_sampler* self) { of(self).reset(); };
      all.clone = [](const llama_sampler* self) {
        return handed_over(std::make_unique<Sampler>(of(self)));
      };
      all.free = [](llama_sampler* self) { delete &of(self); };
      return all;
    }();
    return llama_sampler_init(&functions, sampler.release());
  }

 private:
  static Sampler& of(const llama_sampler* self) { return *static_cast<Sampler*>(self->ctx); }

  void reset() {
    chain_ = unstarted_;
    history_.clear();
    if constexpr (lk::StartingProcessor<C>) chain_->start({});
  }

  void accept(lk::Token token) {  // llama.cpp does not tell which ones are the prompt
    history_.push_back(token);
    if constexpr (lk::AcceptingProcessor<C>) chain_->accept(token);
  }

  void apply(llama_token_data_array& array) {
    using Step = Eigen::InnerStride<sizeof(llama_token_data) / sizeof(float)>;
    const std::span<const llama_token_data> data(array.data, array.size);
    const auto size = static_cast<Eigen::Index>(array.size);
    logits_ = Eigen::Map<const Eigen::ArrayXf, 0, Step>(&array.data->logit, size);
    lk::Token next = 0;
    const auto is_next = [&](const llama_token_data& each) { return each.id == next++; };
    if (array.size == vocabulary_ && std::all_of(data.begin(), data.end(), is_next)) {
      lk::Candidates candidates(logits_, workspace_);
      narrow(candidates, array);
    } else {  // another sampler has dropped some, or sorted them
      tokens_.clear();
      for (const llama_token_data& each : data) tokens_.push_back(each.id);
      const lk::CandidateList list(tokens_, logits_, vocabulary_);
      lk::Candidates candidates(list, workspace_);
      narrow(candidates, array);
    }
  }

  void narrow(lk::Candidates<float>& candidates, llama_token_data_array& array) {
    (*chain_)(candidates, {history_, 0});
    const lk::Token chosen = candidates.status() == lk::Status::ok
                                 ? chooser_(candidates, history_.size())
                                 : lk::kNoToken;
    array.size = 0;
    array.selected = -1;
    array.sorted = false;
    for (const auto& [token, score] : candidates) {
      if (token == chosen) array.selected = static_cast<std::int64_t>(array.size);
      array.data[array.size++] = {token, static_cast<float>(score), 0};
    }
  }

  C unstarted_;
  std::optional<C> chain_;
  Chooser chooser_;
  std::size_t vocabulary_;
  std::vector<lk::Token> history_;
  lk::Workspace workspace_;
  Eigen::ArrayXf logits_;
  std::vector<lk::Token> tokens_;
};

template <class C, class Chooser>
llama_sampler* make_sampler(C chain, Chooser chooser, std::size_t vocabulary) {
  using Made = Sampler<C, Chooser>;
  return Made::handed_over(
      std::make_unique<Made>(std::move(chain), std::move(chooser), vocabulary));
}

}  // namespace host
