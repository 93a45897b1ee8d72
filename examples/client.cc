#include "examples/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

namespace {

// A Stream is how to read, write and end: a socket, or TLS on it. As recv, send and shutdown.
struct Stream {
  std::function<int(char*, int)> read;
  std::function<int(const char*, int)> write;
  std::function<void()> end;
};

std::string RequestOf(const postern::Probe& probe) {
  if (probe.method.empty()) return "hello\n";
  std::string text = probe.method + " " + probe.path + " HTTP/1.1\r\nhost: " + probe.authority +
                     "\r\nconnection: close\r\n";
  for (const auto& [name, value] : probe.headers) text += name + ": " + value + "\r\n";
  return text + "\r\n";
}

std::string Exchange(const Stream& stream, const postern::Probe& probe) {
  const std::string request = RequestOf(probe);
  std::string answer;
  if (stream.write(request.data(), static_cast<int>(request.size())) <= 0) return answer;
  if (probe.method.empty()) stream.end();  // A request says itself where it ends.
  char buffer[4096];
  int size = 0;
  while ((size = stream.read(buffer, sizeof(buffer))) > 0) {
    answer.append(buffer, static_cast<size_t>(size));
  }
  return answer;
}

std::string ExchangeOverTls(int fd, const postern::Probe& probe) {
  const bssl::UniquePtr<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  const bssl::UniquePtr<SSL> tls(SSL_new(context.get()));
  if (!probe.sni->empty()) SSL_set_tlsext_host_name(tls.get(), probe.sni->c_str());
  constexpr uint8_t kHttp11[] = "\x08http/1.1";
  if (!probe.method.empty()) SSL_set_alpn_protos(tls.get(), kHttp11, sizeof(kHttp11) - 1);
  SSL_set_fd(tls.get(), fd);
  std::string answer;
  if (SSL_connect(tls.get()) == 1) {
    const Stream stream = {
        [&tls](char* to, int size) { return SSL_read(tls.get(), to, size); },
        [&tls](const char* from, int size) { return SSL_write(tls.get(), from, size); },
        [&tls] { SSL_shutdown(tls.get()); }};
    answer = Exchange(stream, probe);
  }
  ERR_clear_error();
  return answer;
}

}  // namespace

absl::StatusOr<std::string> Ask(const postern::Probe& probe, uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, "socket");
  const timeval patience = {10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  sockaddr_in to = {};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  absl::StatusOr<std::string> answer;
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) != 0) {
    answer = absl::ErrnoToStatus(errno, "connect");
  } else if (probe.sni.has_value()) {
    answer = ExchangeOverTls(fd, probe);
  } else {
    const Stream stream = {
        [fd](char* to, int size) { return static_cast<int>(recv(fd, to, size, 0)); },
        [fd](const char* from, int size) {
          return static_cast<int>(send(fd, from, size, MSG_NOSIGNAL));
        },
        [fd] { shutdown(fd, SHUT_WR); }};
    answer = Exchange(stream, probe);
  }
  close(fd);
  return answer;
}

std::string Summary(std::string_view answer) {
  if (answer.empty()) return "closed without a byte";
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  if (!answer.starts_with(kVersion))
    return "bytes: " + std::string(answer.substr(0, answer.find('\n')));
  answer.remove_prefix(kVersion.size());
  std::string summary(answer.substr(0, answer.find("\r\n")));
  constexpr std::string_view kLocation = "\r\nlocation: ";
  if (const size_t at = answer.find(kLocation); at != std::string_view::npos) {
    const std::string_view value = answer.substr(at + kLocation.size());
    summary += ", location " + std::string(value.substr(0, value.find("\r\n")));
  }
  const size_t body = answer.find("\r\n\r\n");
  if (body != std::string_view::npos && body + 4 < answer.size()) {
    const std::string_view text = answer.substr(body + 4);
    summary += ": " + std::string(text.substr(0, text.find('\n')));
  }
  return summary;
}
