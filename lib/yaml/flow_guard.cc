#include "lib/yaml/flow_guard.h"

#include <algorithm>
#include <vector>

namespace postern {
namespace {

bool IsBlankOrBreak(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A FlowScanner walks over a text and knows, token by token, whether it is inside of a flow
// collection, a quoted scalar, a block scalar or a comment.
class FlowScanner {
 public:
  FlowScanner(std::string_view text, size_t max_depth, size_t max_tokens)
      : text_(text), max_depth_(max_depth), max_tokens_(max_tokens) {}

  std::optional<FlowProblem> Run() {
    while (at_ < text_.size() && !problem_.has_value()) {
      if (held_.empty()) {
        BlockToken();
      } else {
        FlowToken();
      }
    }
    return problem_;
  }

 private:
  char At(size_t i) const { return i < text_.size() ? text_[i] : '\n'; }

  void SkipLine() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  // SkipQuoted goes behind the quoted scalar that begins here.
  void SkipQuoted() {
    const char quote = text_[at_++];
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '\\' && quote == '"') {
        ++at_;
      } else if (c == quote) {
        if (quote == '"' || At(at_) != '\'') return;
        ++at_;
      }
    }
    at_ = std::min(at_, text_.size());
  }

  // SkipBlockScalar goes behind the lines of the block scalar whose header is here: those indented
  // like its first one, or if nothing is, none.
  void SkipBlockScalar() {
    const bool at_root = header_is_first_;
    const size_t parent = indent_;
    SkipLine();
    size_t content = 0;
    bool seen = false;
    while (at_ < text_.size()) {
      const size_t line = at_ + 1;
      const size_t first = std::min(text_.find_first_not_of(' ', line), text_.size());
      const char c = At(first);
      if (c != '\n' && c != '\r') {
        const size_t indent = first - line;
        if (!seen && !at_root && indent <= parent) return;
        if (seen && indent < content) return;
        if (!seen) content = indent;
        seen = true;
      }
      at_ = line;
      SkipLine();
    }
  }

  void BlockToken() {
    const char c = text_[at_];
    if (c == '\n') {
      ++at_;
      const size_t first = std::min(text_.find_first_not_of(' ', at_), text_.size());
      indent_ = first - at_;
      at_ = first;
      fresh_ = true;
      header_is_first_ = true;
      behind_colon_ = false;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '#' && (at_ == 0 || IsBlankOrBreak(text_[at_ - 1]))) {
      SkipLine();
    } else if (c == ':' && IsBlankOrBreak(At(at_ + 1))) {
      ++at_;
      fresh_ = true;
      behind_colon_ = true;
      header_is_first_ = false;
    } else if (!fresh_) {
      ++at_;
    } else if ((c == '-' || c == '?') && IsBlankOrBreak(At(at_ + 1))) {
      ++at_;
      header_is_first_ = false;
      behind_colon_ = false;
    } else if (c == '"' || c == '\'') {
      SkipQuoted();
      fresh_ = false;
    } else if (c == '|' || c == '>') {
      SkipBlockScalar();
    } else if (c == '[' || c == '{') {
      Open(!behind_colon_ && at_ != FirstToken());
    } else if (c == '&' || c == '!') {
      while (at_ < text_.size() && !IsBlankOrBreak(text_[at_])) ++at_;
      behind_colon_ = false;
    } else {
      fresh_ = false;
      ++at_;
    }
  }

  void FlowToken() {
    const char c = text_[at_];
    if (c == '[' || c == '{') {
      Open(!behind_colon_);
      return;
    }
    if (c == ']' || c == '}') {
      Count(1);
      if (held_.back()) --holders_;
      held_.pop_back();
      fresh_ = false;
    } else if (c == ',') {
      Count(2);
      fresh_ = true;
      behind_colon_ = false;
    } else if (c == ':' && (IsBlankOrBreak(At(at_ + 1)) || !fresh_)) {
      Count(3);
      fresh_ = true;
      behind_colon_ = true;
    } else if (c == '#' && IsBlankOrBreak(text_[at_ - 1])) {
      SkipLine();
      return;
    } else if ((c == '"' || c == '\'') && fresh_) {
      SkipQuoted();
      fresh_ = false;
      return;
    } else if (!IsBlankOrBreak(c)) {
      fresh_ = false;
      if (c == '&' || c == '!') behind_colon_ = false;
    }
    ++at_;
  }

  // Open begins a flow collection; `held` if it may be a key, whose end the parser waits for.
  void Open(bool held) {
    if (held_.size() >= max_depth_) {
      problem_ = FlowProblem{FlowProblem::Kind::kDepth, at_};
      return;
    }
    if (held && holders_++ == 0) tokens_ = 0;
    held_.push_back(held);
    Count(2);
    ++at_;
    fresh_ = true;
    behind_colon_ = false;
  }

  void Count(size_t tokens) {
    if (holders_ == 0) return;
    tokens_ += tokens;
    if (tokens_ > max_tokens_) problem_ = FlowProblem{FlowProblem::Kind::kTokens, at_};
  }

  size_t FirstToken() {
    if (first_token_ == std::string_view::npos) first_token_ = OpensWithFlow(text_) ? at_ : 0;
    return first_token_;
  }

  const std::string_view text_;
  const size_t max_depth_;
  const size_t max_tokens_;
  size_t at_ = 0;
  size_t indent_ = 0;            // Of the line, in spaces.
  bool fresh_ = true;            // A new token begins here, not the rest of a plain scalar.
  bool behind_colon_ = false;    // Nothing but blanks stand between a ":" and here.
  bool header_is_first_ = true;  // Nothing but blanks stand before here on the line.
  std::vector<bool> held_;       // The open flow collections.
  size_t holders_ = 0;           // How many of them are held.
  size_t tokens_ = 0;            // Since the outermost held one.
  size_t first_token_ = std::string_view::npos;
  std::optional<FlowProblem> problem_;
};

}  // namespace

std::optional<FlowProblem> CheckFlows(std::string_view text, size_t max_depth, size_t max_tokens) {
  if (text.find_first_of("[{") == std::string_view::npos) return std::nullopt;
  return FlowScanner(text, max_depth, max_tokens).Run();
}

bool OpensWithFlow(std::string_view text) {
  size_t at = 0;
  while (true) {
    at = text.find_first_not_of(" \t\r\n", at);
    if (at == std::string_view::npos) return false;
    if (text[at] != '#') return text[at] == '[' || text[at] == '{';
    at = std::min(text.find('\n', at), text.size());
  }
}

}  // namespace postern
