// SPDX-License-Identifier: MIT
// A model of llama.cpp as logitkit's decoders drive it, and the storyteller's weights as one.
#pragma once

#include "storyteller/checkpoint.hpp"

#include <ggml.h>
#include <gguf.h>
#include <llama.h>
#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>

namespace host {

namespace lk = logitkit;

template <auto kFree>
struct Free {
  void operator()(auto* object) const { kFree(object); }
};
using ModelPointer = std::unique_ptr<llama_model, Free<llama_model_free>>;
using ContextPointer = std::unique_ptr<llama_context, Free<llama_free>>;
using SamplerPointer = std::unique_ptr<llama_sampler, Free<llama_sampler_free>>;

/// A checkpoint as llama.cpp has it, in floats as they are, by way of a file that is gone
/// afterwards. Its vocabulary has no texts.
inline ModelPointer load(const storyteller::Checkpoint& checkpoint) {
  const storyteller::Shape& shape = checkpoint.shape();
  const std::unique_ptr<gguf_context, Free<gguf_free>> gguf(gguf_init_empty());
  gguf_set_val_str(gguf.get(), "general.architecture", "llama");
  gguf_set_val_str(gguf.get(), "tokenizer.ggml.model", "none");
  gguf_set_val_f32(gguf.get(), "llama.attention.layer_norm_rms_epsilon", 1e-5f);
  for (const auto& [key, value] : {std::pair("llama.vocab_size", shape.vocabulary),
                                   {"llama.context_length", shape.context},
                                   {"llama.embedding_length", shape.dim},
                                   {"llama.block_count", shape.layers},
                                   {"llama.feed_forward_length", shape.hidden},
                                   {"llama.attention.head_count", shape.heads},
                                   {"llama.attention.head_count_kv", shape.kv_heads},
                                   {"llama.rope.dimension_count", shape.head()}}) {
    gguf_set_val_u32(gguf.get(), key, static_cast<std::uint32_t>(value));
  }

  const auto tensor_count = static_cast<std::size_t>(3 + 9 * shape.layers);
  const std::unique_ptr<ggml_context, Free<ggml_free>> tensors(
      ggml_init({tensor_count * ggml_tensor_overhead(), nullptr, true}));
  const auto add = [&](const std::string& name, const auto& weights) {
    const bool matrix = weights.rows() > 1 && weights.cols() > 1;
    ggml_tensor* tensor =
        matrix ? ggml_new_tensor_2d(tensors.get(), GGML_TYPE_F32, weights.cols(), weights.rows())
               : ggml_new_tensor_1d(tensors.get(), GGML_TYPE_F32, weights.size());
    ggml_set_name(tensor, (name + ".weight").c_str());
    tensor->data = const_cast<float*>(weights.data());  // it is only read
    gguf_add_tensor(gguf.get(), tensor);
  };
  add("token_embd", checkpoint.embedding());
  add("output_norm", checkpoint.final_norm());
  add("output", checkpoint.classifier());
  for (Eigen::Index l = 0; l < shape.layers; ++l) {
    const storyteller::Layer layer = checkpoint.layer(l);
    const std::string block = "blk." + std::to_string(l) + '.';
    add(block + "attn_norm", layer.attention_norm);
    add(block + "attn_q", layer.wq);
    add(block + "attn_k", layer.wk);
    add(block + "attn_v", layer.wv);
    add(block + "attn_output", layer.wo);
    add(block + "ffn_norm", layer.feed_forward_norm);
    add(block + "ffn_gate", layer.w1);
    add(block + "ffn_down", layer.w2);
    add(block + "ffn_up", layer.w3);
  }

  const std::unique_ptr<std::FILE, Free<std::fclose>> file(std::tmpfile());
  gguf_write_to_file_ptr(gguf.get(), file.get(), false);
  std::rewind(file.get());
  ModelPointer model(llama_model_load_from_file_ptr(file.get(), llama_model_default_params()));
  if (!model) throw std::runtime_error("llama.cpp does not take the model");
  return model;
}

/// Beams are sequences of llama.cpp's cache: those that share a past share its cells, and a fork is
/// a copy of numbers.
class Model {
 public:
  Model(llama_model* model, std::size_t most_rows) : model_(model) {
    llama_context_params params = llama_context_default_params();
    params.n_seq_max = static_cast<std::uint32_t>(most_rows);
    params.n_ctx = params.n_seq_max * static_cast<std::uint32_t>(llama_model_n_ctx_train(model));
    params.n_threads = params.n_threads_batch = 1;
    params.type_k = params.type_v = GGML_TYPE_F32;
    params.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    params.kv_unified = true;  // one cache for all, so that sequences can share
    context_.reset(llama_init_from_model(model, params));
  }

  using Rows = Eigen::Map<const Eigen::MatrixXf>;  // vocabulary x rows, in llama.cpp's memory

  llama_context* context() { return context_.get(); }
  Rows prefill(std::span<const lk::Token> prompt) {
    llama_memory_clear(memory(), true);
    plan_ = {};
    plan_.append();
    length_ = 0;
    Batch batch(prompt.size());
    for (const lk::Token token : prompt) batch.add(token, length_++, 0);
    batch->logits[prompt.size() - 1] = true;
    return forward(batch, 1);
  }
  Rows step(std::span<const lk::Token> last) {
    Batch batch(last.size());
    for (std::size_t r = 0; r < last.size(); ++r) {
      batch.add(last[r], length_, static_cast<llama_seq_id>(plan_.sequences()[r]));
      batch->logits[r] = true;
    }
    ++length_;
    return forward(batch, last.size());
  }
  void reorder(std::span<const std::size_t> parents) {
    plan_.reorder(parents);
    for (const std::size_t sequence : plan_.drops()) {
      llama_memory_seq_rm(memory(), static_cast<llama_seq_id>(sequence), -1, -1);
    }
    for (const auto& [parent, child] : plan_.forks()) {
      llama_memory_seq_cp(memory(), static_cast<llama_seq_id>(parent),
                          static_cast<llama_seq_id>(child), -1, -1);
    }
  }

 private:
  class Batch {
   public:
    explicit Batch(std::size_t size) : batch_(llama_batch_init(static_cast<int>(size), 0, 1)) {}
    Batch(const Batch&) = delete;
    ~Batch() { llama_batch_free(batch_); }
    void add(lk::Token token, llama_pos position, llama_seq_id sequence) {
      const int i = batch_.n_tokens++;
      batch_.token[i] = token;
      batch_.pos[i] = position;
      batch_.n_seq_id[i] = 1;
      batch_.seq_id[i][0] = sequence;
      batch_.logits[i] = false;
    }
    llama_batch* operator->() { return &batch_; }
    llama_batch operator*() const { return batch_; }

   private:
    llama_batch batch_;
  };

  Rows forward(const Batch& batch, std::size_t rows) {
    if (llama_decode(context_.get(), *batch) != 0) throw std::runtime_error("llama_decode failed");
    const int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model_));
    return Rows(llama_get_logits(context_.get()), vocabulary, static_cast<Eigen::Index>(rows));
  }
  llama_memory_t memory() { return llama_get_memory(context_.get()); }

  llama_model* model_;
  ContextPointer context_;
  lk::ForkPlan plan_;
  llama_pos length_ = 0;  // of every live row
};

}  // namespace host
