// One request, or one TCP connection, that a Service in this process answers: the buffers between
// it and the client, and the calls that it gets. Heads and routes are the exchange's business.

#ifndef POSTERN_ENGINE_SERVICE_STREAM_H_
#define POSTERN_ENGINE_SERVICE_STREAM_H_

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "lib/base/chunk_list.h"
#include "lib/engine/tunnel_upstream.h"
#include "lib/http/headers.h"
#include "lib/upstream/cluster_state.h"
#include "postern/ids.h"
#include "postern/service.h"

namespace postern {

class Core;

// A ServiceUser is who a service stream answers to: an exchange or, for TCP, a tunnel.
class ServiceUser : public TunnelUpstreamUser {
 public:
  // OnUpstreamHead brings a head; a status of 1xx but 101 comes ahead of the final one. With `end`
  // nothing follows; `length` is the body's, if that is known.
  virtual void OnUpstreamHead(const ResponseHead& head, bool end,
                              std::optional<uint64_t> length) = 0;

  // OnUpstreamTrailers comes before OnUpstreamEnd.
  virtual void OnUpstreamTrailers(std::span<const HeaderView> trailers) = 0;
};

// A ServiceOrder is what a service stream is opened with; the stream copies it.
struct ServiceOrder {
  RequestHead head;
  bool has_body = false;
  uint32_t attempt = 1;
  Provenance rule;
};

// A ServiceStream is known to the Service by an id. It is deleted when Service::OnClose has been
// delivered.
class ServiceStream final : public TunnelUpstream {
 public:
  // Connect announces a TCP connection of `client`, Request one request of it.
  static ServiceStream& Connect(Core& core, ClusterState& cluster, ConnectionId client,
                                TunnelUpstreamUser* user);
  static ServiceStream& Request(Core& core, ClusterState& cluster, ConnectionId client,
                                const ServiceOrder& order, ServiceUser* user);
  ~ServiceStream() override;

  StreamId id() const { return id_; }

  // NotifyReady tells the user that it may send.
  void NotifyReady() {
    if (user_ != nullptr) user_->OnUpstreamReady();
  }

  // TunnelUpstream: from the client to the service.
  void Send(ByteSpan bytes) override;
  void SendEnd() override;
  // SendTrailers is SendEnd with the trailers of the request.
  void SendTrailers(std::span<const HeaderView> trailers);
  bool full() const override;
  void Pause() override { held_ = true; }
  void Resume() override;
  void Drop(const absl::Status& why) override;

  // memory returns how many bytes wait on their way to the service, and from it.
  size_t memory() const { return in_.size() + out_.size(); }

  // The Engine's methods for services.
  void Respond(const ResponseHead& head, ByteSpan body, bool end);
  void Answer(ByteSpan bytes, bool end);
  void AnswerTrailers(std::span<const HeaderView> trailers);
  void SetReading(bool enabled);
  void Reset(const absl::Status& why);
  size_t SendRoom() const;

 private:
  ServiceStream(Core& core, ClusterState& cluster, ConnectionId client, TunnelUpstreamUser* user);

  static ServiceStream& Open(Core& core, ClusterState& cluster, ConnectionId client,
                             TunnelUpstreamUser* user);

  void QueueData();
  void Pump();
  void Resumed();
  void MaybeDone();
  void Done();
  void Close(const absl::Status& why);

  void DeliverConnection();
  void DeliverRequest();
  void DeliverData();
  void DeliverWritable();
  void DeliverClose();

  Core& core_;
  ClusterState& cluster_;
  Service* const service_;
  const ConnectionId client_;
  StreamId id_;
  TunnelUpstreamUser* user_;          // nullptr: dropped, or over.
  ServiceUser* http_user_ = nullptr;  // The same, of a request.

  // The order's copy, until it has been announced.
  struct Announcement;
  std::unique_ptr<Announcement> announcement_;

  ChunkList in_;                // To the service.
  ChunkList out_;               // From it, while the client is full.
  size_t lent_to_service_ = 0;  // Of in_: shown by the OnData under way.
  HeaderList in_trailers_;
  std::unique_ptr<HeaderList> out_trailers_;
  absl::Status why_;
  bool has_body_ = true;  // Of a request; a TCP connection has bytes, too.
  bool in_end_ = false;
  bool in_end_told_ = false;
  bool out_end_ = false;
  bool out_end_told_ = false;
  bool reading_ = true;
  bool data_queued_ = false;
  bool room_wanted_ = false;  // The service waits for room.
  bool held_ = false;
  bool headed_ = false;
  bool closed_ = false;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_SERVICE_STREAM_H_
