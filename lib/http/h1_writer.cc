#include "lib/http/h1_writer.h"

#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "lib/http/byte_words.h"

namespace postern {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

// CopyLine copies `text` to `to` and returns whether it has no CR, LF or NUL in it. All fields that
// go out pass here.
bool CopyLine(std::string_view text, char* to) {
  const size_t size = text.size();
  uint64_t controls = 0;
  const auto copy = [&]<typename Word>(Word /*kind*/, size_t at) {
    const uint64_t word = WordAt<Word>(text.data() + at);
    controls |= Below(word | ~uint64_t{static_cast<Word>(~Word{0})}, ' ');
    std::memcpy(to + at, text.data() + at, sizeof(Word));
  };
  if (size >= 8) {
    for (size_t at = 0; at < size - 8; at += 8) copy(uint64_t{}, at);
    copy(uint64_t{}, size - 8);
  } else if (size >= 4) {
    copy(uint32_t{}, 0);
    copy(uint32_t{}, size - 4);
  } else {
    for (size_t at = 0; at < size; ++at) copy(uint8_t{}, at);
  }
  // Tabs, and worse, are rare: a text with a control in it is looked at again.
  return (controls & kHighBits) == 0 ||
         text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

// A Cursor writes text behind text, into room that was reserved for all of it.
class Cursor {
 public:
  explicit Cursor(char* at) : at_(at) {}

  void Put(std::string_view text) {
    if (text.empty()) return;  // It may have no bytes to point to.
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  // PutField leaves a field out that would be more than one line.
  void PutField(const HeaderView& field) {
    char* const value = at_ + field.name.size() + 2;
    const bool good = CopyLine(field.name, at_) && CopyLine(field.value, value);
    if (!good) return;
    at_ = value;
    at_[-2] = ':';
    at_[-1] = ' ';
    at_ += field.value.size();
    Put(kLineEnd);
  }
  void PutStatus(int status) {
    for (const int unit : {100, 10, 1}) *at_++ = static_cast<char>('0' + status / unit % 10);
  }
  char* at() const { return at_; }

 private:
  char* at_;
};

size_t Size(std::span<const HeaderView> fields) {
  size_t size = 0;
  for (const HeaderView& field : fields) size += field.name.size() + field.value.size() + 4;
  return size;
}

void PutFields(std::span<const HeaderView> fields, Cursor* cursor) {
  for (const HeaderView& field : fields) cursor->PutField(field);
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
