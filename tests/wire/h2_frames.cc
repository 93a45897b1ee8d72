#include "tests/wire/h2_frames.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdlib>

namespace postern {
namespace {

uint32_t Number(std::string_view bytes, size_t size) {
  uint32_t number = 0;
  for (size_t i = 0; i < size; ++i) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

}  // namespace

std::string H2Frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  std::string frame;
  for (const int shift : {16, 8, 0}) frame += static_cast<char>(payload.size() >> shift);
  frame += static_cast<char>(type);
  frame += static_cast<char>(flags);
  for (const int shift : {24, 16, 8, 0}) frame += static_cast<char>(stream >> shift);
  return frame.append(payload);
}

std::string H2Field(std::string_view name, std::string_view value) {
  std::string field(1, '\0');
  for (const std::string_view text : {name, value}) {
    // A number with a prefix of seven bits (RFC 7541 section 5.1).
    size_t left = text.size();
    field += static_cast<char>(std::min<size_t>(left, 127));
    if (left >= 127) {
      for (left -= 127; left >= 128; left >>= 7) field += static_cast<char>(128 | (left & 127));
      field += static_cast<char>(left);
    }
    field += text;
  }
  return field;
}

std::string H2Request(uint32_t stream, bool open, std::string_view extra) {
  return H2Frame(NGHTTP2_HEADERS, open ? 4 : 5, stream,
                 H2Field(":method", "GET") + H2Field(":scheme", "https") +
                     H2Field(":authority", "a") + H2Field(":path", "/") + std::string(extra));
}

std::string H2Preface() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + H2Frame(NGHTTP2_SETTINGS, 0, 0, "");
}

H2Reader::H2Reader() { nghttp2_hd_inflate_new(&inflater_); }
H2Reader::~H2Reader() { nghttp2_hd_inflate_del(inflater_); }

void H2Reader::Read(std::string_view bytes) {
  left_ += bytes;
  std::string_view rest = left_;
  while (rest.size() >= 9) {
    const uint32_t length = Number(rest, 3);
    if (rest.size() < 9 + length) break;
    ReadFrame(static_cast<uint8_t>(rest[3]), static_cast<uint8_t>(rest[4]),
              Number(rest.substr(5), 4), rest.substr(9, length));
    rest.remove_prefix(9 + length);
  }
  left_ = std::string(rest);
}

void H2Reader::ReadFrame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload) {
  switch (type) {
    case NGHTTP2_DATA:
      answers[stream].body += payload;
      answers[stream].end |= (flags & NGHTTP2_FLAG_END_STREAM) != 0;
      break;
    case NGHTTP2_HEADERS:
      ReadFields(&answers[stream], payload);
      answers[stream].end |= (flags & NGHTTP2_FLAG_END_STREAM) != 0;
      break;
    case NGHTTP2_RST_STREAM:
      answers[stream].reset = Number(payload, 4);
      break;
    case NGHTTP2_SETTINGS:
      for (; payload.size() >= 6; payload.remove_prefix(6)) {
        settings[static_cast<uint16_t>(Number(payload, 2))] = Number(payload.substr(2), 4);
      }
      break;
    case NGHTTP2_WINDOW_UPDATE:
      windows[stream] += Number(payload, 4);
      break;
    case NGHTTP2_GOAWAY:
      goaway_stream = Number(payload, 4);
      goaway = Number(payload.substr(4), 4);
      break;
    default:
      break;
  }
}

void H2Reader::ReadFields(H2Answer* answer, std::string_view block) {
  while (true) {
    nghttp2_nv field;
    int flags = 0;
    const ssize_t used = nghttp2_hd_inflate_hd2(
        inflater_, &field, &flags, reinterpret_cast<const uint8_t*>(block.data()), block.size(), 1);
    if (used < 0) std::abort();
    block.remove_prefix(static_cast<size_t>(used));
    if ((flags & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      const std::string name(reinterpret_cast<char*>(field.name), field.namelen);
      const std::string value(reinterpret_cast<char*>(field.value), field.valuelen);
      if (name == ":status") {
        answer->status = std::atoi(value.c_str());
      } else {
        answer->fields += name + ": " + value + "\n";
      }
    }
    if ((flags & NGHTTP2_HD_INFLATE_FINAL) != 0) {
      nghttp2_hd_inflate_end_headers(inflater_);
      return;
    }
  }
}

}  // namespace postern
