#include "lib/tls/ticket_keys.h"

#include <openssl/digest.h>
#include <openssl/hkdf.h>
#include <openssl/mem.h>

#include <algorithm>
#include <chrono>
#include <string_view>

#include "lib/tls/error.h"

namespace postern {
namespace {

constexpr std::chrono::hours kPeriod(12);

TicketKey Derive(const std::array<uint8_t, 32>& seed, int64_t period) {
  constexpr std::string_view kLabel = "postern ticket key";
  std::array<uint8_t, sizeof(period)> info;
  for (size_t i = 0; i < info.size(); ++i) {
    info[i] = static_cast<uint8_t>(static_cast<uint64_t>(period) >> (8 * i));
  }
  TicketKey key;
  std::array<uint8_t, 80> bytes;
  if (!HKDF(bytes.data(), bytes.size(), EVP_sha256(), seed.data(), seed.size(),
            AsBytes(kLabel).data(), kLabel.size(), info.data(), info.size())) {
    DrainTlsErrors();
  }
  std::copy_n(bytes.begin(), key.name.size(), key.name.begin());
  std::copy_n(bytes.begin() + 16, key.hmac_key.size(), key.hmac_key.begin());
  std::copy_n(bytes.begin() + 48, key.aes_key.size(), key.aes_key.begin());
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

}  // namespace

TicketKeys::TicketKeys(const std::array<uint8_t, 32>& seed) : seed_(seed) {}

TicketKeys::~TicketKeys() {
  OPENSSL_cleanse(seed_.data(), seed_.size());
  OPENSSL_cleanse(keys_.data(), keys_.size() * sizeof(TicketKey));
}

void TicketKeys::Set(std::span<const TicketKey> keys) {
  OPENSSL_cleanse(keys_.data(), keys_.size() * sizeof(TicketKey));
  derived_ = false;
  keys_ = std::vector<TicketKey>(keys.begin(), keys.end());
}

void TicketKeys::DeriveFor(WallTime now) {
  if (!derived_) return;
  const int64_t period = std::chrono::floor<std::chrono::hours>(now.time_since_epoch()) / kPeriod;
  if (period == period_) return;
  period_ = period;
  keys_ = {Derive(seed_, period), Derive(seed_, period - 1)};
}

const TicketKey* TicketKeys::Encrypting(WallTime now) {
  DeriveFor(now);
  return keys_.empty() ? nullptr : &keys_.front();
}

std::optional<TicketKeys::Found> TicketKeys::Find(ByteSpan name, WallTime now) {
  DeriveFor(now);
  for (const TicketKey& key : keys_) {
    if (std::equal(key.name.begin(), key.name.end(), name.begin(), name.end())) {
      return Found{&key, &key == &keys_.front()};
    }
  }
  return std::nullopt;
}

}  // namespace postern
