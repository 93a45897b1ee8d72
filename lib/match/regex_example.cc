#include "lib/match/regex_example.h"

#include <vector>

#include "lib/base/strings.h"

namespace postern {
namespace {

// What is tried for a character, in this order, where a class leaves the choice.
constexpr std::string_view kCharacters = "a1A_-/. :=~,%+";

constexpr int kMaxDepth = 100;
constexpr int kMaxRepeats = 64;

// A ClassBody is what stands between "[" and "]", without the "^".
class ClassBody {
 public:
  void Add(char first, char last) { ranges_.push_back({first, last}); }

  bool Holds(char c) const {
    for (const auto& [first, last] : ranges_) {
      if (first <= c && c <= last) return true;
    }
    return false;
  }

  // Choose returns a character that is in the class, or not in it if that is `negated`.
  std::optional<char> Choose(bool negated) const {
    for (const char c : kCharacters) {
      if (Holds(c) != negated) return c;
    }
    if (negated || ranges_.empty()) return std::nullopt;
    return ranges_.front().first;
  }

 private:
  struct Range {
    char first;
    char last;
  };
  std::vector<Range> ranges_;
};

// AddEscape adds the class that `\letter` stands for; false if it stands for a character.
bool AddEscape(char letter, ClassBody* body) {
  switch (letter) {
    case 'd':
      body->Add('0', '9');
      return true;
    case 'w':
      body->Add('a', 'z');
      body->Add('A', 'Z');
      body->Add('0', '9');
      body->Add('_', '_');
      return true;
    case 's':
      body->Add(' ', ' ');
      return true;
    default:
      return false;
  }
}

// A Walker reads an expression from left to right and takes the first way through it: of
// alternatives the first, of repetitions the fewest.
class Walker {
 public:
  explicit Walker(std::string_view pattern) : rest_(pattern) {}

  std::optional<std::string> Walk() {
    std::optional<std::string> text = Alternatives(0);
    if (!rest_.empty()) return std::nullopt;
    return text;
  }

 private:
  bool Take(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.remove_prefix(prefix.size());
    return true;
  }

  char TakeOne() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  std::optional<std::string> Alternatives(int depth) {
    if (depth > kMaxDepth) return std::nullopt;
    std::optional<std::string> first = Sequence(depth);
    while (first && Take("|")) {
      if (!Sequence(depth)) return std::nullopt;
    }
    return first;
  }

  std::optional<std::string> Sequence(int depth) {
    std::string text;
    while (!rest_.empty() && !rest_.starts_with('|') && !rest_.starts_with(')')) {
      const std::optional<std::string> piece = Piece(depth);
      if (!piece) return std::nullopt;
      const std::optional<int> times = Repeats();
      if (!times) return std::nullopt;
      for (int i = 0; i < *times; ++i) text += *piece;
    }
    return text;
  }

  std::optional<std::string> Piece(int depth) {
    if (Take("^") || Take("$")) return std::string();
    if (Take("(")) return Group(depth);
    if (Take("[")) return Class();
    if (Take("\\")) return Escape();
    if (Take(".")) return std::string(1, kCharacters.front());
    const char c = TakeOne();
    if (c == '*' || c == '+' || c == '?') return std::nullopt;
    return std::string(1, c);
  }

  std::optional<std::string> Group(int depth) {
    if (Take("?")) {
      if (Take("P<")) {
        const size_t end = rest_.find('>');
        if (end == std::string_view::npos) return std::nullopt;
        rest_.remove_prefix(end + 1);
      } else {
        // Flags, which hold to the end of the group around them or of this one.
        const size_t end = rest_.find_first_of(":)");
        if (end == std::string_view::npos) return std::nullopt;
        rest_.remove_prefix(end);
        if (Take(")")) return std::string();
        rest_.remove_prefix(1);
      }
    }
    std::optional<std::string> text = Alternatives(depth + 1);
    if (!text || !Take(")")) return std::nullopt;
    return text;
  }

  std::optional<std::string> Escape() {
    if (rest_.empty()) return std::nullopt;
    const char letter = TakeOne();
    if (letter == 'b' || letter == 'B' || letter == 'A' || letter == 'z') return std::string();
    ClassBody body;
    if (AddEscape(AsciiLower(letter), &body)) {
      const std::optional<char> c = body.Choose(/*negated=*/letter < 'a');
      return c ? std::optional(std::string(1, *c)) : std::nullopt;
    }
    if (IsAsciiAlnum(letter)) return std::nullopt;
    return std::string(1, letter);
  }

  std::optional<std::string> Class() {
    const bool negated = Take("^");
    ClassBody body;
    bool first = true;
    while (!rest_.empty() && (first || !rest_.starts_with(']'))) {
      first = false;
      if (rest_.starts_with("[:")) return std::nullopt;
      char low = TakeOne();
      if (low == '\\') {
        if (rest_.empty()) return std::nullopt;
        low = TakeOne();
        if (AddEscape(low, &body)) continue;
        if (IsAsciiAlnum(low)) return std::nullopt;
      }
      char high = low;
      if (rest_.size() >= 2 && rest_[0] == '-' && rest_[1] != ']') {
        rest_.remove_prefix(1);
        high = TakeOne();
        if (high == '\\') return std::nullopt;
      }
      body.Add(low, high);
    }
    if (!Take("]")) return std::nullopt;
    const std::optional<char> c = body.Choose(negated);
    return c ? std::optional(std::string(1, *c)) : std::nullopt;
  }

  // Repeats reads what may stand behind a piece, and returns how often the piece is taken.
  std::optional<int> Repeats() {
    int times = 1;
    if (Take("*") || Take("?")) {
      times = 0;
    } else if (rest_.size() > 1 && rest_[0] == '{' && IsAsciiDigit(rest_[1])) {
      const size_t end = rest_.find('}');
      if (end == std::string_view::npos) return std::nullopt;
      const std::string_view bounds = rest_.substr(1, end - 1);
      const std::optional<int> least = ParseDecimal<int>(bounds.substr(0, bounds.find(',')));
      if (!least || *least > kMaxRepeats) return std::nullopt;
      times = *least;
      rest_.remove_prefix(end + 1);
    } else {
      Take("+");
    }
    Take("?");  // As few as possible, which is what is done here anyway.
    return times;
  }

  std::string_view rest_;
};

}  // namespace

std::optional<std::string> RegexExample(std::string_view pattern) { return Walker(pattern).Walk(); }

}  // namespace postern
