// What the fields of a request say of its client, as text: made once for each connection. Requests
// borrow it, and may outlive their session, but not their connection.

#ifndef POSTERN_ENGINE_CLIENT_TEXT_H_
#define POSTERN_ENGINE_CLIENT_TEXT_H_

#include <memory>
#include <string>
#include <string_view>

#include "postern/address.h"

namespace postern {

class ClientText {
 public:
  // ClientText takes the client's x-forwarded-client-cert element, empty if there is none.
  ClientText(const PeerInfo& peer, std::string certificate_element);

  std::string_view remote_ip() const { return remote_ip_; }
  std::string_view local_ip() const { return local_ip_; }

  // certificate_element returns x-forwarded-client-cert's element; empty if the client has shown no
  // certificate.
  std::string_view certificate_element() const {
    return certificate_element_ == nullptr ? std::string_view() : *certificate_element_;
  }

 private:
  const std::string remote_ip_;
  const std::string local_ip_;
  const std::unique_ptr<const std::string> certificate_element_;  // Few clients have one.
};

}  // namespace postern

#endif  // POSTERN_ENGINE_CLIENT_TEXT_H_
