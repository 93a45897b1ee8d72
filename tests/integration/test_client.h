// A client of real sockets that never blocks: a test turns it together with the hosts.

#ifndef POSTERN_TESTS_INTEGRATION_TEST_CLIENT_H_
#define POSTERN_TESTS_INTEGRATION_TEST_CLIENT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace postern {

// A TestClient is one TCP connection to a port of the loopback address.
class TestClient {
 public:
  explicit TestClient(uint16_t port);
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;
  ~TestClient();

  void Send(std::string_view bytes) { output_ += bytes; }
  // End half-closes when all has been sent.
  void End() { end_ = true; }
  // Reset breaks the connection, so that the other side sees a reset.
  void Reset();
  // SetReading leaves what comes in the kernel's buffers, or takes it again.
  void SetReading(bool reading) { reading_ = reading; }

  // Turn sends and receives what the kernel takes and has.
  void Turn();

  const std::string& received() const { return received_; }
  bool ended() const { return ended_; }
  bool broken() const { return broken_; }

 private:
  int fd_;
  std::string output_;
  size_t sent_ = 0;  // Of output_.
  std::string received_;
  bool end_ = false;
  bool reading_ = true;
  bool ended_ = false;
  bool broken_ = false;
};

}  // namespace postern

#endif  // POSTERN_TESTS_INTEGRATION_TEST_CLIENT_H_
