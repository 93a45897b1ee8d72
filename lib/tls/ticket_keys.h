// The keys of session tickets that one engine goes by. Who may resume what is left to
// lib/tls/server_context.

#ifndef POSTERN_TLS_TICKET_KEYS_H_
#define POSTERN_TLS_TICKET_KEYS_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "postern/bytes.h"
#include "postern/credentials.h"
#include "postern/time.h"

namespace postern {

// A TicketKeys is for one thread. Its keys are wiped at its end.
class TicketKeys {
 public:
  // TicketKeys derives keys from `seed`, another every 12 hours of the calendar; the one before is
  // still taken. Engines with equal seeds have equal keys.
  explicit TicketKeys(const std::array<uint8_t, 32>& seed);
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  ~TicketKeys();

  // Set takes `keys` in place of the derived ones and of those set before: the first encrypts, all
  // decrypt. Without any, no ticket is issued or taken.
  void Set(std::span<const TicketKey> keys);

  // Encrypting returns the key for new tickets at `now`, nullptr if there is none. It is valid
  // until the next call of any method.
  const TicketKey* Encrypting(WallTime now);

  // A Found is a key that a ticket names. Unless it is the first, the client gets a new ticket.
  struct Found {
    const TicketKey* key;
    bool first;
  };

  // Find returns the key called `name` (16 bytes) at `now`.
  std::optional<Found> Find(ByteSpan name, WallTime now);

 private:
  void DeriveFor(WallTime now);

  std::array<uint8_t, 32> seed_;
  bool derived_ = true;
  int64_t period_ = INT64_MIN;
  std::vector<TicketKey> keys_;
};

}  // namespace postern

#endif  // POSTERN_TLS_TICKET_KEYS_H_
