// One request's life, from its head to its log: hygiene, decision, filter, fault, tries, answer.
// Codecs frame it, an exchange is one try of it, and lib/engine/format.h fills in its header
// operations.

#ifndef POSTERN_ENGINE_STREAM_H_
#define POSTERN_ENGINE_STREAM_H_

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/base/chunk_list.h"
#include "lib/engine/exchange.h"
#include "lib/engine/format.h"
#include "lib/engine/handler.h"
#include "lib/engine/wheel.h"
#include "lib/http/base64_decoder.h"
#include "lib/http/codec.h"
#include "lib/http/grpc_web.h"
#include "lib/http/grpc_web_encoder.h"
#include "lib/http/headers.h"
#include "lib/upstream/cluster_state.h"
#include "lib/upstream/count_hold.h"
#include "lib/upstream/pending_queue.h"
#include "postern/decision.h"
#include "postern/filter.h"
#include "postern/log.h"

namespace postern {

class Core;
class FilterCall;
class HttpSession;
class MirrorCopy;
class ClientText;
struct SnapshotOptions;

// A RequestState is what a stream knows of one request and forgets with it, all of it values.
struct RequestState {
  // A Wait is what the stream's timer is for.
  enum class Wait : uint8_t { kNone, kDelay, kBackoff, kTry };

  HttpSession* session_ = nullptr;
  const ConnectionInfo* info_ = nullptr;     // Outlives the session.
  const ClientText* client_text_ = nullptr;  // Likewise; lent to the fields.
  StreamKey key_ = 0;

  std::shared_ptr<const Snapshot> snapshot_;  // The one that decided.
  const SnapshotOptions* options_ = nullptr;  // Of snapshot_.
  std::unique_ptr<RequestMessage> request_;   // As received; null if not even that.
  RequestOut order_;
  RouteDecision route_;
  std::array<char, 36> request_id_ = {};
  std::array<char, 20> expected_timeout_ = {};
  std::array<char, 12> attempt_text_ = {};
  std::array<char, 24> service_time_ = {};
  bool grpc_ = false;
  std::optional<Duration> grpc_timeout_;
  OperationId filter_;

  // gRPC-Web, on a listener that translates it.
  std::optional<GrpcWebForm> web_;  // Of a request that is.
  bool translated_ = false;         // It has become gRPC, and its answer becomes gRPC-Web.
  bool gathers_ = false;            // The answer is not gRPC: response_left_ keeps its body.
  Base64Decoder decoder_;
  GrpcWebEncoder encoder_;

  // The body.
  uint64_t body_bytes_ = 0;  // As it goes upstream; request_bytes_ of them came, maybe in base64.
  size_t body_sent_ = 0;     // Of the stream's body_, to the exchange of now.
  std::unique_ptr<HeaderList> trailers_;
  bool replay_ = false;  // body_ keeps what was sent.
  bool replay_lost_ = false;
  bool body_end_ = false;
  bool body_end_sent_ = false;

  // The tries.
  Exchange* exchange_ = nullptr;
  ClusterState* cluster_ = nullptr;
  EndpointPtr endpoint_;
  std::optional<uint64_t> hash_;  // For every try.
  uint32_t attempts_ = 0;
  uint32_t retries_left_ = 0;
  CountHold in_requests_, in_pending_, in_retries_;  // Of the cluster.
  CountHold in_active_;                              // Of the endpoint.
  bool ready_ = false;
  bool fresh_ = false;  // The next try takes no connection that was kept alive.
  bool forwarding_ = false;
  Wait wait_ = Wait::kNone;

  // The answer.
  std::unique_ptr<ResponseMessage> response_;
  std::unique_ptr<HeaderList> response_trailers_;
  int status_ = 0;
  int grpc_status_ = -1;
  bool headed_ = false;
  bool tunnel_ = false;
  bool response_end_ = false;
  bool response_end_sent_ = false;
  bool done_ = false;

  // Facts.
  ResponseFlags flags_;
  std::string_view detail_;
  uint64_t request_bytes_ = 0, response_bytes_ = 0;
  uint64_t wire_received_ = 0, wire_sent_ = 0;  // The connection's at the beginning.
  TimePoint start_, request_end_, response_start_, sent_upstream_, end_;
  ConnectionId upstream_;
  Address upstream_address_, upstream_local_;
};

// A Stream belongs to its session until it is over, then to the StreamPool. It is used again after
// Reset.
class Stream final : public DeferredDeletable,
                     public ExchangeUser,
                     private PendingRequest,
                     private RequestState {
 public:
  explicit Stream(Core& core);
  ~Stream() override;

  void Attach(HttpSession* session, StreamKey key);
  StreamKey key() const { return key_; }

  // --- From the session ---

  void Begin(std::unique_ptr<RequestMessage> request, bool end);
  void BeginRefused(std::unique_ptr<RequestMessage> request, const Refusal& refusal);
  void Refused(const Refusal& refusal);
  void TimedOut(std::string_view body, std::string_view detail);
  void OnRequestData(ByteSpan bytes);
  void OnRequestTrailers(std::span<const HeaderView> trailers);
  void OnRequestEnd();
  void OnClientWritable();
  void ClientGone(ResponseFlag flag, std::string_view detail);

  // full returns whether the stream can take no more of the body for now.
  bool full() const;

  // --- From the filter ---

  void OnVerdict(const FilterVerdict& verdict);
  FilteredRequest Filtered() const;

  // --- ExchangeUser ---

  void OnReady() override;
  void OnInterim(int status, std::span<const HeaderView> headers) override;
  void OnHead(std::unique_ptr<ResponseMessage> head, bool end) override;
  void OnBody(ByteSpan bytes) override;
  void OnTrailers(std::span<const HeaderView> trailers) override;
  void OnBodyEnd() override;
  void OnWritable() override;
  void OnFailed(const Failure& failure) override;

  // --- For the pool ---

  // Shed ends the stream for want of memory, and with HTTP/1.1 its connection.
  void Shed();

  // TellLog makes the OnRequestDone callback, as the last thing it does.
  void WriteLog();
  void Reset();

  size_t place = 0;  // Among the pool's busy streams.

  // memory returns how many bytes of bodies wait on the stream's account.
  size_t memory() const;

 private:
  // A Reply is an answer made here. `first` are fields ahead of all others.
  struct Reply {
    int status = 0;
    std::string_view detail;  // Stays as long as the stream.
    std::string_view body = {};
    int grpc_status = -1;  // -1: what the status stands for.
    std::span<const HeaderView> first = {};
    bool ops = false;         // The route's response operations apply.
    bool close = false;       // HTTP/1: the connection ends with it.
    bool from_route = false;  // Configured: EngineOptions::local_bodies does not replace it.
  };

  // stream.cc: from the head, good or refused, to the tries, and the end.
  void Take(std::unique_ptr<RequestMessage> request, bool end);
  void Decide();
  void Proceed();
  void AfterDelay();
  void Done();

  // stream_tries.cc
  void StartForward();
  void Hash();
  void StartMirrors();
  uint32_t ClusterIndex() const;
  void Try();
  bool Await(const EndpointPtr& endpoint);
  void OnTurn() override;
  void Send(const EndpointPtr& endpoint);
  void Retry();
  bool MayRetry(const TryResult& result) const;
  void ReleaseExchange();
  void Rewind();
  void Uncount();

  // stream_body.cc
  bool replayable() const { return !replay_lost_ && body_bytes_ == body_.size(); }
  // discards returns whether nobody wants what the client still sends.
  bool discards() const {
    return done_ || (response_end_sent_ && !tunnel_) || (headed_ && exchange_ == nullptr);
  }
  void TakeBody(ByteSpan bytes);
  void FlushBody();
  void DropReplay();
  void PassBody(ByteSpan bytes);
  void SendResponseEnd();
  void ResponseEnd();

  // stream_grpc_web.cc
  void RecognizeGrpcWeb();
  void TranslateRequest();
  void DecodeBody(ByteSpan bytes);
  void RefuseBody(std::string_view detail);
  bool TranslateHead(bool end);
  void GatherBody(ByteSpan bytes);
  void EncodeBody(ByteSpan bytes);
  void EndEncoded();
  void EncodeTrailers(std::span<const HeaderView> trailers);
  void SendGathered(bool end);

  // stream_timers.cc
  Duration RouteTimeout() const;
  void StartRouteTimer();
  void StartTryTimer();
  void StopWait();
  void TouchIdle();
  void OnWaitTimer();
  void OnRouteTimer();
  void OnIdleTimer();
  void OnLifeTimer();

  // stream_request.cc: the head that goes upstream.
  void CleanRequest();
  void WriteUpstreamHead();
  void WriteTimeouts(Duration left);
  void WriteAttempt();
  void ApplyOps(const HeaderOps& ops, HeaderList* headers);
  void ApplyList(std::span<const HeaderOp> ops, HeaderList* headers);
  void ApplyEdits(std::span<const HeaderEdit> edits, HeaderList* headers);
  // RoutedPath returns the target that the routes saw: normalized, without a fragment; a piece of
  // the request's or of `storage`.
  std::string_view RoutedPath(std::string* storage) const;
  FormatFacts Facts(std::string_view path, std::string_view authority) const;

  // GiveUp ends the request with `reply` or, once a head is out, with a reset for `reason`.
  void GiveUp(const Reply& reply, ResetReason reason);

  // stream_reply.cc: answers.
  void Answer(const Reply& reply);
  void AnswerAction();
  void AnswerDirect(const DirectResponse& direct);
  void AnswerPreflight(const CorsPreflight& preflight);
  void AnswerFault();
  void AnswerFilter(const AnswerRequest& answer);
  void AnswerOverflow();
  void AnswerReplayOverflow();
  void AnswerFailure(const Failure& failure);
  void AllowOrigin();
  void SendUpstreamHead(bool end);
  void FinishUpstreamHead(bool end);
  void SendHead(bool close, bool end);

  // to_http2 returns whether the request goes to its cluster in HTTP/2.
  bool to_http2() const { return cluster_->service == nullptr && cluster_->SpeaksHttp2(!alone()); }

  // to_grpc returns whether what goes upstream is gRPC.
  bool to_grpc() const { return grpc_ || web_.has_value(); }

  // alone returns whether the connection carries one stream at a time.
  bool alone() const { return request_ == nullptr || request_->version != HttpVersion::kHttp2; }

  void Flag(ResponseFlag flag) { flags_.Set(flag); }
  const Forward* forward() const { return std::get_if<Forward>(&route_.action); }

  Core& core_;

  // What keeps its memory for the next request: Reset clears each of these.
  HeaderList fields_;  // Of the request, as routed and sent upstream.
  std::string original_path_;
  std::vector<HeaderEdit> response_edits_;
  ChunkList body_;  // What waits for the exchange, and what a further try would need.
  std::vector<EndpointPtr> tried_;
  std::vector<std::string> set_cookies_;  // Made for the hash; they go with the upstream's answer.
  std::vector<std::unique_ptr<MirrorCopy>> mirrors_;
  HeaderList answer_;
  ChunkList response_left_;  // What the codec did not take.
  std::string detail_text_;
  std::string upstream_failure_;

  Timer timer_;        // Of `wait_`.
  Timer route_timer_;  // Of the route, or of the whole request before that.
  Timer idle_timer_;
  Timer life_timer_;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_STREAM_H_
