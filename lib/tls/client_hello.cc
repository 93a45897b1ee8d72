#include "lib/tls/client_hello.h"

#include <openssl/bytestring.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <optional>

#include "lib/match/ip.h"
#include "lib/tls/ja4.h"

namespace postern {
namespace {

constexpr size_t kMessageHeader = 4;
// BoringSSL's bounds, so that no hello passes here that the session then refuses.
constexpr size_t kMaxMessage = 16 << 10;
constexpr int kMaxEmptyRecords = 32;
constexpr int kMaxWarnings = 4;

constexpr uint8_t kClientHelloMessage = 1;
constexpr uint8_t kWarning = 1;
constexpr uint16_t kTls10 = 0x301;

std::string_view TextOf(const CBS& bytes) { return AsText({CBS_data(&bytes), CBS_len(&bytes)}); }

// ReadNumbers reads the 16-bit numbers that fill `list`, which must have one at least.
bool ReadNumbers(CBS list, std::vector<uint16_t>* numbers) {
  uint16_t number = 0;
  while (CBS_len(&list) > 0) {
    if (!CBS_get_u16(&list, &number)) return false;
    numbers->push_back(number);
  }
  return !numbers->empty();
}

// ReadServerName reads the body of the extension, RFC 6066 section 3: one name of one kind. It
// returns an alert if it is not well formed.
std::optional<uint8_t> ReadServerName(CBS body, std::string* name) {
  CBS list, host;
  uint8_t type = 0;
  if (!CBS_get_u16_length_prefixed(&body, &list) || CBS_len(&body) != 0 ||
      !CBS_get_u8(&list, &type) || type != TLSEXT_NAMETYPE_host_name ||
      !CBS_get_u16_length_prefixed(&list, &host) || CBS_len(&list) != 0 || CBS_len(&host) == 0 ||
      CBS_len(&host) > TLSEXT_MAXLEN_host_name) {
    return SSL_AD_DECODE_ERROR;
  }
  if (CBS_contains_zero_byte(&host)) return SSL_AD_UNRECOGNIZED_NAME;
  if (!ParseIp(TextOf(host)).has_value()) *name = std::string(TextOf(host));
  return std::nullopt;
}

// ReadAlpn reads the body of the extension, RFC 7301 section 3.1.
bool ReadAlpn(CBS body, std::vector<std::string>* protocols) {
  CBS list, protocol;
  if (!CBS_get_u16_length_prefixed(&body, &list) || CBS_len(&body) != 0 || CBS_len(&list) == 0) {
    return false;
  }
  while (CBS_len(&list) > 0) {
    if (!CBS_get_u8_length_prefixed(&list, &protocol) || CBS_len(&protocol) == 0) return false;
    protocols->emplace_back(TextOf(protocol));
  }
  return true;
}

// ReadExtension reads one extension; an alert if it is not well formed.
std::optional<uint8_t> ReadExtension(uint16_t type, CBS body, ClientHello* hello,
                                     Ja4Input* numbers) {
  CBS list;
  switch (type) {
    case TLSEXT_TYPE_server_name:
      numbers->has_server_name = true;
      return ReadServerName(body, &hello->server_name);
    case TLSEXT_TYPE_application_layer_protocol_negotiation:
      if (!ReadAlpn(body, &hello->alpn)) return SSL_AD_DECODE_ERROR;
      return std::nullopt;
    case TLSEXT_TYPE_supported_versions:
      if (!CBS_get_u8_length_prefixed(&body, &list) || !ReadNumbers(list, &numbers->versions)) {
        return SSL_AD_DECODE_ERROR;
      }
      return std::nullopt;
    case TLSEXT_TYPE_signature_algorithms:
      if (!CBS_get_u16_length_prefixed(&body, &list) ||
          !ReadNumbers(list, &numbers->signature_algorithms)) {
        return SSL_AD_DECODE_ERROR;
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace

ClientHelloParser::ClientHelloParser(size_t max_bytes)
    : max_bytes_(std::min(max_bytes, kMaxMessage)) {}

ClientHelloParser::Result ClientHelloParser::Malformed(uint8_t alert) {
  alert_ = alert;
  return Result::kMalformed;
}

ClientHelloParser::Result ClientHelloParser::Parse(ByteSpan bytes) {
  while (result_ == Result::kIncomplete && !bytes.empty()) {
    if (header_size_ < sizeof(header_)) {
      header_[header_size_++] = bytes.front();
      bytes = bytes.subspan(1);
      result_ = TakeRecordHeader();
      continue;
    }
    const size_t size = std::min(bytes.size(), record_left_);
    result_ = TakeFragment(bytes.first(size));
    bytes = bytes.subspan(size);
    record_left_ -= size;
    if (record_left_ == 0) header_size_ = 0;
  }
  if (result_ != Result::kIncomplete && !message_.empty()) {
    message_.clear();
    message_.shrink_to_fit();
  }
  return result_;
}

// TakeRecordHeader looks at what has come of a record's header, RFC 8446 section 5.1.
ClientHelloParser::Result ClientHelloParser::TakeRecordHeader() {
  const uint8_t type = header_[0];
  const bool first = message_.empty() && empty_records_ == 0 && warnings_ == 0;
  // Of all that may begin a record, nothing is a letter, a digit or SSL 2's length.
  const bool known = type >= SSL3_RT_CHANGE_CIPHER_SPEC && type <= SSL3_RT_APPLICATION_DATA;
  const bool versioned = header_size_ < 2 || header_[1] == SSL3_VERSION_MAJOR;
  if (!known || !versioned) {
    return first ? Result::kNotTls : Malformed(SSL_AD_PROTOCOL_VERSION);
  }
  if (header_size_ < sizeof(header_)) return Result::kIncomplete;
  if (type != SSL3_RT_HANDSHAKE && type != SSL3_RT_ALERT) {
    return Malformed(SSL_AD_UNEXPECTED_MESSAGE);
  }
  record_left_ = size_t{header_[3]} << 8 | header_[4];
  if (record_left_ > SSL3_RT_MAX_PLAIN_LENGTH) return Malformed(SSL_AD_RECORD_OVERFLOW);
  if (type == SSL3_RT_ALERT) {
    if (record_left_ != 2 || !message_.empty()) return Malformed(SSL_AD_UNEXPECTED_MESSAGE);
    if (++warnings_ > kMaxWarnings) return Malformed(SSL_AD_UNEXPECTED_MESSAGE);
  } else if (record_left_ == 0) {
    if (++empty_records_ > kMaxEmptyRecords) return Malformed(SSL_AD_UNEXPECTED_MESSAGE);
    header_size_ = 0;
  }
  return Result::kIncomplete;
}

ClientHelloParser::Result ClientHelloParser::TakeFragment(ByteSpan fragment) {
  if (header_[0] == SSL3_RT_ALERT) {
    // Only its first byte matters: a warning is passed over, anything else is the end.
    return record_left_ == 2 && fragment[0] != kWarning ? Malformed(SSL_AD_UNEXPECTED_MESSAGE)
                                                        : Result::kIncomplete;
  }
  message_ += AsText(fragment);
  const auto byte = [this](size_t i) { return static_cast<uint8_t>(message_[i]); };
  if (byte(0) != kClientHelloMessage) return Malformed(SSL_AD_UNEXPECTED_MESSAGE);
  if (message_.size() < kMessageHeader) return Result::kIncomplete;
  const size_t size = size_t{byte(1)} << 16 | size_t{byte(2)} << 8 | byte(3);
  // Nothing is collected of what will be refused.
  if (size > max_bytes_) return Malformed(SSL_AD_ILLEGAL_PARAMETER);
  if (message_.size() < kMessageHeader + size) return Result::kIncomplete;
  message_.resize(kMessageHeader + size);
  return ParseMessage();
}

// ParseMessage reads the ClientHello, RFC 8446 section 4.1.2.
ClientHelloParser::Result ClientHelloParser::ParseMessage() {
  CBS body, random, session_id, suites, compression, extensions, extension;
  Ja4Input numbers;
  CBS_init(&body, AsBytes(message_).data(), message_.size());
  CBS_skip(&body, kMessageHeader);
  if (!CBS_get_u16(&body, &numbers.legacy_version) ||
      !CBS_get_bytes(&body, &random, SSL3_RANDOM_SIZE) ||
      !CBS_get_u8_length_prefixed(&body, &session_id) ||
      CBS_len(&session_id) > SSL_MAX_SSL_SESSION_ID_LENGTH ||
      !CBS_get_u16_length_prefixed(&body, &suites) || !ReadNumbers(suites, &numbers.suites) ||
      !CBS_get_u8_length_prefixed(&body, &compression) || CBS_len(&compression) == 0) {
    return Malformed(SSL_AD_DECODE_ERROR);
  }
  CBS_init(&extensions, nullptr, 0);
  if (CBS_len(&body) > 0 &&
      (!CBS_get_u16_length_prefixed(&body, &extensions) || CBS_len(&body) != 0)) {
    return Malformed(SSL_AD_DECODE_ERROR);
  }
  uint16_t type = 0;
  while (CBS_len(&extensions) > 0) {
    if (!CBS_get_u16(&extensions, &type) || !CBS_get_u16_length_prefixed(&extensions, &extension)) {
      return Malformed(SSL_AD_DECODE_ERROR);
    }
    numbers.extensions.push_back(type);
    if (const auto alert = ReadExtension(type, extension, &hello_, &numbers); alert.has_value()) {
      return Malformed(*alert);
    }
  }
  std::vector<uint16_t> sorted = numbers.extensions;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) {
    return Malformed(SSL_AD_ILLEGAL_PARAMETER);
  }
  if (numbers.legacy_version < kTls10) return Malformed(SSL_AD_PROTOCOL_VERSION);
  if (!hello_.alpn.empty()) numbers.first_alpn = hello_.alpn.front();
  hello_.ja4 = Ja4(numbers);
  return Result::kClientHello;
}

}  // namespace postern
