#include "tests/support/tls_peer.h"

namespace postern {

TlsPeer::TlsPeer(EngineHarness& harness, const ListenerKey& listener,
                 const TlsClient::Options& options, std::string_view remote)
    : harness_(harness), tls_(options), id_(harness.Accept(listener, remote)) {
  Pump();
}

void TlsPeer::Pump() {
  while (true) {
    const std::string up = harness_.end(id_).closed ? std::string() : tls_.TakeOutput();
    if (!up.empty()) {
      sent_ += up;
      harness_.Receive(id_, up);
    }
    const std::string down = harness_.Take(id_);
    if (!down.empty()) {
      received_ += down;
      tls_.Receive(down);
    }
    if (up.empty() && down.empty()) return;
  }
}

void TlsPeer::Send(std::string_view plaintext) {
  if (!tls_.connected() || tls_.failed()) return;
  tls_.Send(plaintext);
  Pump();
}

void TlsPeer::Close() {
  tls_.Close();
  Pump();
}

std::string TlsPeer::Take() {
  std::string text = tls_.plaintext().substr(taken_);
  taken_ = tls_.plaintext().size();
  return text;
}

}  // namespace postern
