#include "tests/integration/test_client.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace postern {

TestClient::TestClient(uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int result = connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to));
  broken_ = result != 0 && errno != EINPROGRESS;
}

TestClient::~TestClient() {
  if (fd_ >= 0) close(fd_);
}

void TestClient::Reset() {
  const linger reset{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
  close(std::exchange(fd_, -1));
}

void TestClient::Turn() {
  if (fd_ < 0 || broken_) return;
  const auto note = [this](ssize_t result) {
    if (result < 0 && errno != EAGAIN && errno != ENOTCONN) broken_ = true;
  };
  while (sent_ < output_.size()) {
    const ssize_t size = send(fd_, output_.data() + sent_, output_.size() - sent_, MSG_NOSIGNAL);
    if (size <= 0) {
      note(size);
      break;
    }
    sent_ += static_cast<size_t>(size);
  }
  if (sent_ == output_.size() && std::exchange(end_, false)) shutdown(fd_, SHUT_WR);
  char buffer[64 << 10];
  while (reading_ && !ended_ && !broken_) {
    const ssize_t size = recv(fd_, buffer, sizeof(buffer), 0);
    if (size <= 0) {
      ended_ = size == 0;
      return note(size);
    }
    received_.append(buffer, static_cast<size_t>(size));
  }
}

}  // namespace postern
