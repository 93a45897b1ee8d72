// The thing that the wire cases are run against: bytes of a client and of an upstream in, bytes to
// both out. A case does not know whether codecs alone or a whole Engine is behind it.

#ifndef POSTERN_TESTS_WIRE_WIRE_PROXY_H_
#define POSTERN_TESTS_WIRE_WIRE_PROXY_H_

#include <string>
#include <string_view>

namespace postern {

// A WireProxy is one client's connection and, as soon as it is needed, one upstream's.
class WireProxy {
 public:
  virtual ~WireProxy() = default;

  virtual void FromClient(std::string_view bytes) = 0;
  virtual void ClientEnd() = 0;
  virtual void FromUpstream(std::string_view bytes) = 0;
  virtual void UpstreamEnd() = 0;

  // ForwardedPath returns what routing makes of a path that the codecs let through.
  virtual std::string ForwardedPath(std::string_view path) const { return std::string(path); }

  // level names the rows' own expectations: `postern: {level: engine, ...}`.
  virtual std::string_view level() const = 0;

  // sends_at_once returns whether what a client sends is upstream when FromClient returns, even if
  // the same bytes end in a mistake. An engine dials when it has seen them all.
  virtual bool sends_at_once() const { return true; }

  // What was written so far.
  std::string to_client;
  std::string to_upstream;

  bool client_closed = false;    // The proxy has ended its side, after the last byte.
  bool client_reset = false;     // ... in the middle of a response.
  bool upstream_closed = false;  // It is not, or not to be, used again.
  std::string flags;             // Of the last request: "UPE".
};

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_WIRE_PROXY_H_
