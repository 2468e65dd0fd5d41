// SPDX-License-Identifier: MIT
// run_to_end: the loop over a session of several rows, with whichever kind of model there is.
#pragma once

#include <logitkit/decode/beam_step.hpp>
#include <logitkit/decode/detail/held.hpp>
#include <logitkit/model/stateless.hpp>

#include <functional>

namespace logitkit::inline LOGITKIT_ABI::detail {

/// Calls the model for the rows of a session, a BeamSession or one used like it, and hands them to
/// it, until it is over. The model is a plain callable or has `step` and `reorder`; one that throws
/// stops the session, with what it has. `look()` is called after each step and may stop it too.
template <class M>
void run_to_end(auto& session, M& model, std::span<const Token> prompt, const auto& look) {
  static_assert(explain_model<M>());
  if constexpr (StatefulModel<M>) {
    static_assert(ForkableModel<M>,
                  "logitkit: several rows need a model with reorder(parents), which makes row r "
                  "continue what was row parents[r]");
    Workspace workspace;
    BeamStep step;
    const auto advance = [&](const auto& call) {
      Held<decltype(call())> rows;
      if (const auto error = caught([&] { rows.hold(call); })) {
        session.stop(StopReason::model_failed, Status::ok, error);
      } else {
        step = session.step(rows.get(), workspace);
      }
      look();
      return !session.done();
    };
    bool going =
        !session.done() && advance([&]() -> decltype(auto) { return model.prefill(prompt); });
    while (going) {
      going = advance([&]() -> decltype(auto) {
        if (!step.identity) model.reorder(step.parents);
        return model.step(step.tokens);
      });
    }
  } else if constexpr (PlainModel<M>) {
    Stateless lifted{std::ref(model)};
    run_to_end(session, lifted, prompt, look);
  }
}

}  // namespace logitkit::inline LOGITKIT_ABI::detail
