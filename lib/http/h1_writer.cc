#include "lib/http/h1_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

namespace postern {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// A Cursor writes text behind text, into room that was reserved for all of it.
class Cursor {
 public:
  explicit Cursor(char* at) : at_(at) {}

  void Put(std::string_view text) {
    if (text.empty()) return;  // It may have no bytes to point to.
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void PutField(const HeaderView& field) {
    Put(field.name);
    Put(": ");
    Put(field.value);
    Put(kLineEnd);
  }
  void PutStatus(int status) {
    for (const int unit : {100, 10, 1}) *at_++ = static_cast<char>('0' + status / unit % 10);
  }
  char* at() const { return at_; }

 private:
  char* at_;
};

// Returns whether one of the eight bytes of `word` is `byte`.
constexpr bool HasByte(uint64_t word, uint8_t byte) {
  constexpr uint64_t kOnes = 0x0101010101010101;
  const uint64_t zeros = word ^ (kOnes * byte);
  return ((zeros - kOnes) & ~zeros & (kOnes << 7)) != 0;
}

// Returns whether `text` has no CR, LF or NUL in it. All fields that go out pass here.
bool IsOneLine(std::string_view text) {
  constexpr uint64_t kFiller = 0x2020202020202020;
  while (!text.empty()) {
    uint64_t word = kFiller;
    const size_t size = std::min(text.size(), sizeof(word));
    std::memcpy(&word, text.data(), size);
    if (HasByte(word, '\r') || HasByte(word, '\n') || HasByte(word, '\0')) return false;
    text.remove_prefix(size);
  }
  return true;
}

bool IsGood(const HeaderView& field) { return IsOneLine(field.name) && IsOneLine(field.value); }

size_t Size(std::span<const HeaderView> fields) {
  size_t size = 0;
  for (const HeaderView& field : fields) size += field.name.size() + field.value.size() + 4;
  return size;
}

void PutFields(std::span<const HeaderView> fields, Cursor* cursor) {
  for (const HeaderView& field : fields) {
    if (IsGood(field)) cursor->PutField(field);
  }
}

std::string_view Text(AddedFields::Connection connection) {
  switch (connection) {
    case AddedFields::Connection::kNone:
      return {};
    case AddedFields::Connection::kClose:
      return "connection: close\r\n";
    case AddedFields::Connection::kKeepAlive:
      return "connection: keep-alive\r\n";
  }
  return {};
}

std::string_view Text(AddedFields::Length length) {
  switch (length) {
    case AddedFields::Length::kNone:
      return {};
    case AddedFields::Length::kZero:
      return "content-length: 0\r\n";
    case AddedFields::Length::kChunked:
      return "transfer-encoding: chunked\r\n";
  }
  return {};
}

constexpr size_t kMostAdded = 64;  // Both fields that are added, and the empty line.

void End(AddedFields added, Cursor* cursor) {
  cursor->Put(Text(added.connection));
  cursor->Put(Text(added.length));
  cursor->Put(kLineEnd);
}

}  // namespace

void WriteRequestHead(const RequestOut& request, AddedFields added, OutputSink* out) {
  // "CONNECT" has the authority for its target.
  const std::string_view target = request.path.empty() ? request.authority : request.path;
  char* const begin =
      out->Prepare(request.method.size() + target.size() + request.authority.size() + 32 +
                   Size(request.headers) + kMostAdded);
  Cursor cursor(begin);
  cursor.Put(request.method);
  cursor.Put(" ");
  cursor.Put(target);
  cursor.Put(" HTTP/1.1\r\n");
  cursor.PutField({"host", request.authority});
  PutFields(request.headers, &cursor);
  End(added, &cursor);
  out->Commit(static_cast<size_t>(cursor.at() - begin));
}

void WriteResponseHead(int status, std::span<const HeaderView> headers, AddedFields added,
                       OutputSink* out) {
  const std::string_view reason = ReasonPhrase(status);
  char* const begin = out->Prepare(reason.size() + 32 + Size(headers) + kMostAdded);
  Cursor cursor(begin);
  cursor.Put("HTTP/1.1 ");
  cursor.PutStatus(status);
  cursor.Put(" ");
  cursor.Put(reason);
  cursor.Put(kLineEnd);
  PutFields(headers, &cursor);
  End(added, &cursor);
  out->Commit(static_cast<size_t>(cursor.at() - begin));
}

void WriteChunk(ByteSpan data, OutputSink* out) {
  std::array<char, 18> line;
  char* end = std::to_chars(line.data(), line.data() + 16, data.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out->Write({line.data(), static_cast<size_t>(end - line.data())});
  out->Lend(data);
  out->Write(kLineEnd);
}

void WriteLastChunk(std::span<const HeaderView> trailers, OutputSink* out) {
  char* const begin = out->Prepare(Size(trailers) + 8);
  Cursor cursor(begin);
  cursor.Put("0\r\n");
  PutFields(trailers, &cursor);
  cursor.Put(kLineEnd);
  out->Commit(static_cast<size_t>(cursor.at() - begin));
}

}  // namespace postern
