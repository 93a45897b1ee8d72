#include "lib/http/line_guard.h"

#include <algorithm>

namespace postern {
namespace {

using Then = LineGuard::Piece::Then;

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kProtocol = "HTTP/";  // llhttp takes RTSP and ICE, too.

// Splits `input` at `at`, counted in it, and returns the part before.
std::string_view Take(std::string_view* input, size_t at) {
  const std::string_view taken = input->substr(0, at);
  input->remove_prefix(at);
  return taken;
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

LineGuard::Piece LineGuard::Next(std::string_view* input) {
  return kind_ == Kind::kRequest ? Strict(input) : Lenient(input);
}

// Returns how much of `part`, more of the request line, is good: spaces where they belong, no tab,
// and kProtocol behind the second space.
size_t LineGuard::CheckStartLine(std::string_view part) {
  const size_t end = std::min(part.find('\t'), part.size());
  size_t at = 0;
  while (at < end) {
    const size_t space = std::min(part.find(' ', at), end);
    if (space > at) last_space_ = false;
    if (spaces_ == 2) {
      const std::string_view due = kProtocol.substr(protocol_, space - at);
      if (!part.substr(at).starts_with(due)) return at;
      protocol_ += static_cast<uint8_t>(due.size());
    }
    if (space == end) break;
    if (last_space_ || ++spaces_ > 2) return space;
    last_space_ = true;
    at = space + 1;
  }
  return end;
}

LineGuard::Piece LineGuard::Strict(std::string_view* input) {
  const std::string_view in = *input;
  size_t at = 0;
  while (at < in.size()) {
    const char c = in[at];
    switch (state_) {
      case State::kBefore:
      case State::kBeforeRequest:
        if (c == '\r' && state_ == State::kBefore) {
          state_ = State::kBeforeLf;
          Take(input, 1);
          return {};
        }
        if (c == '\r' || c == '\n' || IsBlank(c)) return {{}, Then::kBad};
        state_ = State::kStartLine;
        spaces_ = protocol_ = 0;
        last_space_ = false;
        break;
      case State::kBeforeLf:
        if (c != '\n') return {{}, Then::kBad};
        state_ = State::kBeforeRequest;
        Take(input, 1);
        return {};
      case State::kStartLine:
      case State::kLine: {
        const size_t end = std::min(in.find('\r', at), in.size());
        std::string_view part = in.substr(at, end - at);
        if (const size_t lf = part.find('\n'); lf != std::string_view::npos) {
          return {Take(input, at + lf), Then::kBad};
        }
        if (state_ == State::kStartLine) {
          // What is before the line's fault is still the parser's to judge first.
          const size_t good = CheckStartLine(part);
          if (good < part.size()) return {Take(input, at + good), Then::kBad};
        }
        at = end;
        if (at < in.size()) {
          state_ = state_ == State::kLine ? State::kLineLf : State::kStartLineLf;
          ++at;
        }
        break;
      }
      case State::kStartLineLf:
      case State::kLineLf:
        if (c != '\n') return {Take(input, at), Then::kBad};
        if (state_ == State::kStartLineLf && spaces_ != 2) return {Take(input, at), Then::kBad};
        state_ = State::kLineBegin;
        ++at;
        break;
      case State::kLineBegin:
        if (IsBlank(c) || c == '\n') return {Take(input, at), Then::kBad};
        if (c == '\r') {
          state_ = State::kEndLf;
          ++at;
        } else {
          state_ = State::kLine;
        }
        break;
      case State::kEndLf:
        if (c != '\n') return {Take(input, at), Then::kBad};
        return {Take(input, at + 1), Then::kEnd};
      case State::kFold:
        return {{}, Then::kBad};  // Not reached: only Lenient folds.
    }
  }
  return {Take(input, at), Then::kGoOn};
}

LineGuard::Piece LineGuard::Lenient(std::string_view* input) {
  const std::string_view in = *input;
  size_t at = 0;  // Before it stands what is given out as it is.
  while (at < in.size()) {
    const char c = in[at];
    switch (state_) {
      case State::kBefore:
      case State::kBeforeLf:
      case State::kBeforeRequest:
        return {{}, Then::kBad};  // Not reached.
      case State::kStartLine:
      case State::kLine: {
        const size_t lf = std::min(in.find('\n', at), in.size());
        const size_t end = std::min(in.substr(0, lf).find('\r', at), lf);
        foldable_ = state_ == State::kLine;
        if (end == in.size()) return {Take(input, end), Then::kGoOn};
        if (in[end] == '\r' && end + 2 < in.size() && in[end + 1] == '\n' &&
            !IsBlank(in[end + 2])) {
          state_ = State::kLineBegin;
          at = end + 2;
          break;
        }
        // Whether the line ends here is known when the next one begins.
        state_ = in[end] == '\r' ? State::kLineLf : State::kLineBegin;
        held_ = in[end] == '\n';
        const std::string_view text = Take(input, end);
        Take(input, 1);
        return {text, Then::kGoOn};
      }
      case State::kStartLineLf:
      case State::kLineLf:
        if (c != '\n') return {{}, Then::kBad};
        held_ = true;
        state_ = State::kLineBegin;
        Take(input, 1);
        return {};
      case State::kLineBegin:
        if (IsBlank(c)) {
          if (!foldable_) return {Take(input, at), Then::kBad};
          held_ = false;
          state_ = State::kFold;
          return {" ", Then::kGoOn};
        }
        if (held_) {
          held_ = false;
          return {kLineEnd, Then::kGoOn};
        }
        if (c == '\r') {
          if (at + 1 < in.size() && in[at + 1] == '\n') return {Take(input, at + 2), Then::kEnd};
          state_ = State::kEndLf;
          const std::string_view text = Take(input, at);
          Take(input, 1);
          return {text, Then::kGoOn};
        }
        if (c == '\n') {
          if (at > 0) return {Take(input, at), Then::kGoOn};
          Take(input, 1);
          return {kLineEnd, Then::kEnd};
        }
        state_ = State::kLine;
        break;
      case State::kFold:
        if (IsBlank(c)) {
          Take(input, 1);
          return {};
        }
        state_ = State::kLine;
        break;
      case State::kEndLf:
        if (c != '\n') return {{}, Then::kBad};
        Take(input, 1);
        return {kLineEnd, Then::kEnd};
    }
  }
  return {Take(input, at), Then::kGoOn};
}

}  // namespace postern
