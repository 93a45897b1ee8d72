// The other end of a tunnel: an upstream connection, or a Service in this process. Which it is, and
// how it came about, is no business of the tunnel's.

#ifndef POSTERN_ENGINE_TUNNEL_UPSTREAM_H_
#define POSTERN_ENGINE_TUNNEL_UPSTREAM_H_

#include "absl/status/status.h"
#include "lib/engine/handler.h"
#include "postern/bytes.h"

namespace postern {

// A TunnelUpstreamUser hears what happens at the other end, from a clean stack.
class TunnelUpstreamUser {
 public:
  virtual ~TunnelUpstreamUser() = default;

  virtual void OnUpstreamReady() = 0;
  // OnUpstreamBytes takes bytes from the front; what it leaves comes again after
  // TunnelUpstream::Resume.
  virtual void OnUpstreamBytes(ByteSpan* bytes) = 0;
  virtual void OnUpstreamEnd() = 0;
  // OnUpstreamWritable says that the other end, which was full, takes more.
  virtual void OnUpstreamWritable() = 0;
  // OnUpstreamGone is the last call. `why` is what has failed; OK: both sides have ended.
  virtual void OnUpstreamGone(const absl::Status& why) = 0;
};

// A TunnelUpstream carries bytes to whoever is there. None of its methods calls its user back.
class TunnelUpstream {
 public:
  virtual ~TunnelUpstream() = default;

  virtual void Send(ByteSpan bytes) = 0;
  virtual void SendEnd() = 0;
  virtual bool full() const = 0;

  // Pause asks for no more bytes for now; Resume asks for them again.
  virtual void Pause() = 0;
  virtual void Resume() = 0;

  // Drop gives it up: the user hears no more of it. With `why` not OK it is reset.
  virtual void Drop(const absl::Status& why) = 0;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_TUNNEL_UPSTREAM_H_
