// What the fields of a request say of its client, as text: made once for each connection, and kept
// by each stream, whose fields borrow it and may outlive the connection's session.

#ifndef POSTERN_ENGINE_CLIENT_TEXT_H_
#define POSTERN_ENGINE_CLIENT_TEXT_H_

#include <string>

#include "postern/log.h"

namespace postern {

struct ClientText {
  explicit ClientText(const ConnectionInfo& info);

  std::string remote_ip;
  std::string local_ip;
  std::string certificate_element;  // Empty unless the client showed a certificate.
};

}  // namespace postern

#endif  // POSTERN_ENGINE_CLIENT_TEXT_H_
