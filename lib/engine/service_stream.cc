#include "lib/engine/service_stream.h"

#include <algorithm>
#include <utility>

#include "lib/engine/core.h"

namespace postern {

struct ServiceStream::Announcement {
  HttpVersion version = HttpVersion::kHttp11;
  std::string method, scheme, authority, path;
  HeaderList headers;
  uint32_t attempt = 1;
  Provenance rule;
};

ServiceStream::ServiceStream(Core& core, ClusterState& cluster, ConnectionId client,
                             TunnelUpstreamUser* user)
    : core_(core),
      cluster_(cluster),
      service_(cluster.service),
      client_(client),
      user_(user),
      in_(&core.chunks()),
      out_(&core.chunks()) {}

ServiceStream::~ServiceStream() = default;

ServiceStream& ServiceStream::Open(Core& core, ClusterState& cluster, ConnectionId client,
                                   TunnelUpstreamUser* user) {
  std::unique_ptr<ServiceStream> stream(new ServiceStream(core, cluster, client, user));
  ServiceStream& self = *stream;
  self.id_ = core.services().Add(std::move(stream));
  return self;
}

ServiceStream& ServiceStream::Connect(Core& core, ClusterState& cluster, ConnectionId client,
                                      TunnelUpstreamUser* user) {
  ServiceStream& self = Open(core, cluster, client, user);
  self.headed_ = true;
  core.Queue<&ServiceStream::DeliverConnection>(self.id_);
  return self;
}

void ServiceStream::DeliverConnection() {
  ServiceConnection connection;
  connection.cluster = cluster_.name();
  connection.connection = core_.ClientInfo(client_);
  if (connection.connection == nullptr) return;  // Its OnClose is queued behind this.
  service_->OnConnection(core_.engine(), id_, connection);
}

ServiceStream& ServiceStream::Request(Core& core, ClusterState& cluster, ConnectionId client,
                                      const ServiceOrder& order, ServiceUser* user) {
  ServiceStream& self = Open(core, cluster, client, user);
  self.http_user_ = user;
  self.has_body_ = order.has_body;
  self.announcement_ = std::make_unique<Announcement>();
  Announcement& copy = *self.announcement_;
  copy.version = order.head.version;
  copy.method = order.head.method;
  copy.scheme = order.head.scheme;
  copy.authority = order.head.authority;
  copy.path = order.head.path;
  for (const HeaderView& field : order.head.headers) copy.headers.AddCopy(field.name, field.value);
  copy.attempt = order.attempt;
  copy.rule = order.rule;
  core.Queue<&ServiceStream::DeliverRequest>(self.id_);
  return self;
}

void ServiceStream::DeliverRequest() {
  const std::unique_ptr<const Announcement> order = std::move(announcement_);
  ServiceRequest request;
  request.head = {order->version,   order->method, order->scheme,
                  order->authority, order->path,   order->headers.fields()};
  request.has_body = has_body_;
  request.cluster = cluster_.name();
  request.attempt = order->attempt;
  request.rule = order->rule;
  request.connection = core_.ClientInfo(client_);
  if (request.connection == nullptr) return;
  service_->OnRequest(core_.engine(), id_, request);
}

// --- From the client ---

void ServiceStream::Send(ByteSpan bytes) {
  if (closed_ || bytes.empty()) return;
  if (core_.lending()) {
    in_.AppendLent(bytes);
  } else {
    in_.Append(bytes);
  }
  QueueData();
}

void ServiceStream::SendEnd() {
  if (closed_ || in_end_) return;
  in_end_ = true;
  QueueData();
}

void ServiceStream::SendTrailers(std::span<const HeaderView> trailers) {
  for (const HeaderView& field : trailers) in_trailers_.AddCopy(field.name, field.value);
  SendEnd();
}

bool ServiceStream::full() const {
  const size_t most = core_.limits().stream_bytes;
  return most != 0 && in_.size() >= most;
}

void ServiceStream::QueueData() {
  if (data_queued_ || closed_ || !reading_) return;
  if (in_.empty() && (!in_end_ || in_end_told_)) return;
  data_queued_ = true;
  core_.Queue<&ServiceStream::DeliverData>(id_);
}

void ServiceStream::DeliverData() {
  data_queued_ = false;
  // What the OnData before this one showed has been read.
  const bool was_full = full();
  in_.Consume(std::exchange(lent_to_service_, 0));
  if (was_full && !full() && user_ != nullptr) user_->OnUpstreamWritable();
  if (closed_ || !reading_) return;
  if (!in_.empty()) {
    const ByteSpan bytes = in_.front();
    lent_to_service_ = bytes.size();
    QueueData();
    service_->OnData(core_.engine(), id_, bytes);
  } else if (in_end_ && !in_end_told_) {
    in_end_told_ = true;
    MaybeDone();
    service_->OnDataEnd(core_.engine(), id_, in_trailers_.fields());
  }
}

void ServiceStream::SetReading(bool enabled) {
  reading_ = enabled;
  if (enabled) QueueData();
}

// --- From the service ---

void ServiceStream::Respond(const ResponseHead& head, ByteSpan body, bool end) {
  if (closed_ || headed_ || http_user_ == nullptr || user_ == nullptr) return;
  const bool interim = head.status < 200 && head.status != 101;
  headed_ = !interim;
  if (interim) return http_user_->OnUpstreamHead(head, false, std::nullopt);
  const bool all = end && body.empty();
  http_user_->OnUpstreamHead(head, all, end ? std::optional<uint64_t>(body.size()) : std::nullopt);
  if (all) {
    out_end_ = out_end_told_ = true;
    return MaybeDone();
  }
  Answer(body, end);
}

void ServiceStream::Answer(ByteSpan bytes, bool end) {
  if (closed_ || !headed_ || out_end_) return;
  if (out_.empty() && !held_ && user_ != nullptr && !bytes.empty()) {
    // The short way: what the client takes at once is never copied here.
    core_.SetLending(core_.depth() == 1);
    user_->OnUpstreamBytes(&bytes);
    core_.SetLending(false);
  }
  out_.Append(bytes);
  out_end_ = end;
  Pump();
}

void ServiceStream::AnswerTrailers(std::span<const HeaderView> trailers) {
  if (closed_ || !headed_ || out_end_) return;
  out_trailers_ = std::make_unique<HeaderList>();
  for (const HeaderView& field : trailers) out_trailers_->AddCopy(field.name, field.value);
  out_end_ = true;
  Pump();
}

void ServiceStream::Pump() {
  while (user_ != nullptr && !held_ && !out_.empty()) {
    ByteSpan bytes = out_.front();
    const size_t shown = bytes.size();
    user_->OnUpstreamBytes(&bytes);
    out_.Consume(shown - bytes.size());
    if (bytes.size() == shown) break;
  }
  if (SendRoom() == 0) room_wanted_ = true;
  if (user_ == nullptr || !out_.empty() || !out_end_ || out_end_told_) return;
  out_end_told_ = true;
  if (out_trailers_ != nullptr) http_user_->OnUpstreamTrailers(out_trailers_->fields());
  user_->OnUpstreamEnd();
  MaybeDone();
}

void ServiceStream::Resume() {
  held_ = false;
  // The user may be in the middle of something: what waits is shown when that is done.
  core_.Later<&ServiceStream::Resumed>(id_);
}

void ServiceStream::Resumed() {
  if (closed_) return;
  Pump();
  if (closed_ || !room_wanted_ || SendRoom() == 0) return;
  room_wanted_ = false;
  core_.Queue<&ServiceStream::DeliverWritable>(id_);
}

void ServiceStream::DeliverWritable() {
  if (!closed_) service_->OnWritable(core_.engine(), id_);
}

size_t ServiceStream::SendRoom() const {
  if (closed_ || held_) return 0;
  const size_t most = core_.limits().stream_bytes;
  return most == 0 ? SIZE_MAX : most - std::min(most, out_.size());
}

// --- Endings ---

void ServiceStream::Reset(const absl::Status& why) {
  if (closed_) return;
  TunnelUpstreamUser* user = std::exchange(user_, nullptr);
  Close(why);
  if (user != nullptr) {
    user->OnUpstreamGone(why.ok() ? absl::AbortedError("stream reset by the service") : why);
  }
}

void ServiceStream::Drop(const absl::Status& why) {
  user_ = nullptr;
  const bool done = out_end_told_ && why.ok();
  Close(done ? absl::OkStatus() : absl::CancelledError(why.message()));
}

// MaybeDone closes the stream when both sides have come to their end. A service that has answered
// need not have read all of the request.
void ServiceStream::MaybeDone() {
  const bool request_over = in_end_told_ || !has_body_;
  if (closed_ || !out_end_told_ || !request_over) return;
  core_.Later<&ServiceStream::Done>(id_);
}

void ServiceStream::Done() {
  if (closed_) return;
  TunnelUpstreamUser* user = std::exchange(user_, nullptr);
  Close(absl::OkStatus());
  if (user != nullptr) user->OnUpstreamGone(absl::OkStatus());
}

void ServiceStream::Close(const absl::Status& why) {
  if (std::exchange(closed_, true)) return;
  why_ = why;
  core_.Queue<&ServiceStream::DeliverClose>(id_);
}

void ServiceStream::DeliverClose() {
  Core& core = core_;
  Service* service = service_;
  const StreamId id = id_;
  const absl::Status why = why_;
  core.services().Remove(id);  // This stream is gone then.
  service->OnClose(core.engine(), id, why);
}

}  // namespace postern
