// A look at the brackets of a document before yaml-cpp sees it, which keeps all tokens of a flow
// collection that might turn out to be a key: a hundred bytes for each comma. Whether the document
// is YAML at all is for lib/yaml/document.h.

#ifndef POSTERN_YAML_FLOW_GUARD_H_
#define POSTERN_YAML_FLOW_GUARD_H_

#include <cstddef>
#include <optional>
#include <string_view>

namespace postern {

// A FlowProblem is a flow collection that must not be given to the parser.
struct FlowProblem {
  enum class Kind { kDepth, kTokens };

  Kind kind = Kind::kDepth;
  size_t offset = 0;
};

// CheckFlows finds the first flow collection nested deeper than `max_depth`, or of which the parser
// would hold more than `max_tokens` tokens at once. A collection that opens the document, or stands
// behind "key:" on one line, is not held. For a text that is no YAML the answer does not matter.
std::optional<FlowProblem> CheckFlows(std::string_view text, size_t max_depth, size_t max_tokens);

// OpensWithFlow says that the first token of `text` is "{" or "[".
bool OpensWithFlow(std::string_view text);

}  // namespace postern

#endif  // POSTERN_YAML_FLOW_GUARD_H_
