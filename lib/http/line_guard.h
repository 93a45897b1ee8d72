// A LineGuard looks at the lines of a head before llhttp does, since llhttp lets pass what others
// may read differently. Names, values and framing are left to lib/http/field_rules.h and
// lib/http/message_rules.h.

#ifndef POSTERN_HTTP_LINE_GUARD_H_
#define POSTERN_HTTP_LINE_GUARD_H_

#include <cstdint>
#include <string_view>

namespace postern {

// A LineGuard cuts the bytes of a head into pieces that are good lines. From a client it takes CR
// LF line ends only, one empty line before the request, a request line of HTTP with two single
// spaces, and no folded line. From an upstream it also takes bare LF, and folded field lines with
// one space in place of the fold; what it gives out has neither. (engine.md 1.2, 1.3, 9.2 rows 1-4
// and 16.)
//
// Its answers do not depend on how the bytes are split.
class LineGuard {
 public:
  enum class Kind : uint8_t { kRequest, kResponse };

  // A Piece is what to give to the parser next, and what follows it.
  struct Piece {
    enum class Then : uint8_t { kGoOn, kEnd, kBad };  // kEnd: the head ends after `text`.
    std::string_view text;
    Then then = Then::kGoOn;
  };

  explicit LineGuard(Kind kind) : kind_(kind) {}

  // Begin begins a head; BeginFields the fields alone, as for trailers.
  void Begin() { state_ = kind_ == Kind::kRequest ? State::kBefore : State::kStartLine; }
  void BeginFields() {
    state_ = State::kLineBegin;
    foldable_ = false;
  }

  // begun returns whether more has come than an empty line before the request.
  bool begun() const { return state_ > State::kBeforeRequest; }

  // Next removes from `input` what the next piece is made of. `input` must not be empty.
  Piece Next(std::string_view* input);

 private:
  enum class State : uint8_t {
    kBefore,         // Nothing has come.
    kBeforeLf,       // The CR of an empty line before the request.
    kBeforeRequest,  // An empty line has come.
    kStartLine,
    kStartLineLf,  // Its CR has come.
    kLineBegin,
    kLine,
    kLineLf,
    kFold,   // Upstream: blanks that begin a folded line.
    kEndLf,  // The CR of the empty line that ends the head.
  };

  Piece Strict(std::string_view* input);
  Piece Lenient(std::string_view* input);
  size_t CheckStartLine(std::string_view part);

  Kind kind_;
  State state_ = State::kBefore;
  uint8_t spaces_ = 0;       // Of the request line so far.
  uint8_t protocol_ = 0;     // How much of "HTTP/" has come behind them.
  bool last_space_ = false;  // Its last byte was one.
  bool foldable_ = false;    // The line before is a field.
  bool held_ = false;        // A line end has come and was not given out.
};

}  // namespace postern

#endif  // POSTERN_HTTP_LINE_GUARD_H_
