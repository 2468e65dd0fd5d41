// expect: logitkit: every element of a Chain is a processor
// A processor that forgot the context.
#include <logitkit/process/chain.hpp>
#include <logitkit/process/top_k.hpp>

namespace lk = logitkit;

struct Mine {
#ifdef LOGITKIT_FAIL
  void operator()(auto& candidates) const { candidates.ban(0); }
#else
  void operator()(auto& candidates, const lk::Context&) const { candidates.ban(0); }
#endif
};

const lk::Chain chain{Mine{}, lk::TopK{4}};
