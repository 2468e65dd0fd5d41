// SPDX-License-Identifier: MIT
// What logitkit.h declares: handles over a drawing session and a beam search whose chain is chosen
// at run time.
#include "logitkit.h"

#include <logitkit/logitkit.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <span>
#include <string>
#include <vector>

namespace lk = logitkit;

using Drawing = decltype(lk::RandomDecoder{lk::DynamicChain{}, lk::RandomOptions{}});

struct logitkit_session {
  Drawing::Session session;
};

struct logitkit_beams {
  lk::BeamSearchDecoder<lk::DynamicChain>::Session search;
  std::vector<lk::Generation> results{};  // once it is over
  int status = 0;
};

namespace {

using Prompt = std::span<const lk::Token>;

constexpr int kFailed = -100;  // something was thrown: for want of memory

int negative(lk::Status status) { return -static_cast<int>(status); }

lk::Workspace& workspace() {
  thread_local lk::Workspace mine;
  return mine;
}

lk::Value value_of(const logitkit_parameter& parameter) {
  const lk::Token* tokens = parameter.tokens;
  switch (parameter.kind) {
    case LOGITKIT_FLAG:
      return parameter.number != 0;
    case LOGITKIT_TOKENS:
      return lk::Value::Tokens(tokens, tokens + parameter.count);
    case LOGITKIT_BIASES: {
      lk::Value::Biases biases;
      for (std::size_t i = 0; i < parameter.count; ++i) {
        biases.emplace_back(tokens[i], parameter.biases[i]);
      }
      return biases;
    }
    case LOGITKIT_SEQUENCES: {
      lk::Value::Sequences sequences;
      for (std::size_t i = 0; i < parameter.count; tokens += parameter.lengths[i++]) {
        sequences.emplace_back(tokens, tokens + parameter.lengths[i]);
      }
      return sequences;
    }
    case LOGITKIT_NUMBER:
      break;
  }
  const lk::Value number = parameter.number;
  if (const auto whole = number.as<std::int64_t>()) return *whole;  // which an id must be
  return number;
}

/// What make(request, prompt) returns for a request with which, `wrong` included, nothing is wrong;
/// else, or where it throws, null and why not.
template <class F>
auto made(const logitkit_request& from, const std::string& wrong, char* error,
          std::size_t error_size, const F& make) -> decltype(make(lk::Request({}), Prompt())) {
  std::string complaints;
  const auto complain = [&](const std::string& sentence) {
    if (!sentence.empty()) complaints += (complaints.empty() ? "" : "\n") + sentence;
  };
  try {
    const Prompt prompt(from.prompt, from.prompt_size);
    lk::Parameters parameters;
    for (const auto& each : std::span(from.parameters, from.parameter_count)) {
      parameters.push_back({each.name, value_of(each)});
    }
    complain(wrong);
    complain(lk::Limits().check_prompt(prompt));
    for (const std::string& sentence : lk::Request::complaints(parameters)) complain(sentence);
    if (complaints.empty()) return make(lk::Request(parameters), prompt);
  } catch (const std::exception& thrown) {
    complaints = thrown.what();
  }
  if (error_size != 0) std::snprintf(error, error_size, "%s", complaints.c_str());
  return nullptr;
}

/// What run() returns, or `otherwise` where it throws.
template <class T>
T guarded(T otherwise, const auto& run) {
  try {
    return run();
  } catch (...) {
    return otherwise;
  }
}

}  // namespace

logitkit_session* logitkit_start(const logitkit_request* request, char* error, size_t error_size) {
  return made(*request, {}, error, error_size, [](const auto& wanted, Prompt prompt) {
    return new logitkit_session{Drawing{wanted.chain, wanted.random}.start(prompt, wanted.limits)};
  });
}

logitkit_session* logitkit_fork(const logitkit_session* session) {
  return guarded<logitkit_session*>(nullptr, [&] { return new logitkit_session(*session); });
}

void logitkit_end(logitkit_session* session) { delete session; }

int32_t logitkit_next(const logitkit_session* session, const float* logits, size_t vocabulary) {
  return guarded<std::int32_t>(kFailed, [&] {
    const lk::Pick pick = session->session.next(std::span(logits, vocabulary), workspace());
    return pick.status == lk::Status::ok ? pick.token : negative(pick.status);
  });
}

int logitkit_accept(logitkit_session* session, int32_t token) {
  return guarded(kFailed, [&] { return static_cast<int>(session->session.accept(token)); });
}

int logitkit_rollback(logitkit_session* session, size_t n) {
  return guarded(kFailed, [&] {
    session->session.rollback(n);
    return 0;
  });
}

const char* logitkit_reason_text(int reason) {
  return to_string(static_cast<lk::StopReason>(reason));
}

const char* logitkit_status_text(int status) {
  return status == kFailed ? "failed" : to_string(static_cast<lk::Status>(-status));
}

logitkit_beams* logitkit_beams_start(const logitkit_request* request, size_t beams,
                                     double length_penalty, char* error, size_t error_size) {
  const lk::BeamOptions options{.beams = beams, .length_penalty = length_penalty};
  return made(*request, options.check(), error, error_size, [&](const auto& wanted, Prompt prompt) {
    const lk::BeamSearchDecoder decoder{wanted.chain, options};
    return new logitkit_beams{decoder.start(prompt, wanted.limits)};
  });
}

void logitkit_beams_end(logitkit_beams* search) { delete search; }

size_t logitkit_beams_step(logitkit_beams* search, const float* logits, size_t vocabulary,
                           const int32_t** tokens, const size_t** parents) {
  search->status = kFailed;  // unless all goes well
  return guarded<std::size_t>(0, [&] {
    auto& session = search->search;
    const std::span rows(logits, session.live() * vocabulary);
    const lk::BeamStep next = session.step(rows, workspace());
    if (session.done()) search->results = session.results();
    search->status = session.done() ? negative(search->results.front().status) : 0;
    *tokens = next.tokens.data();
    *parents = next.parents.data();
    return next.tokens.size();
  });
}

size_t logitkit_beams_result(const logitkit_beams* search, size_t i, const int32_t** tokens,
                             double* score) {
  if (i >= search->results.size()) return 0;
  const lk::Generation& result = search->results[i];
  *tokens = result.tokens.data();
  if (score != nullptr) *score = result.score;
  return result.tokens.size();
}

int logitkit_beams_status(const logitkit_beams* search) { return search->status; }
