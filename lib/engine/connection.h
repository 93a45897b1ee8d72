// What a client's connection and an upstream's have in common: input that is taken or kept, output,
// half-closes, endings, and what the host hears of them. What the bytes mean is for the Handler.

#ifndef POSTERN_ENGINE_CONNECTION_H_
#define POSTERN_ENGINE_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "lib/base/chunk_list.h"
#include "lib/engine/handler.h"
#include "lib/engine/link.h"
#include "lib/engine/transport.h"
#include "lib/engine/wheel.h"
#include "postern/engine.h"

namespace postern {

class Core;
class Session;

// A PauseReason is one reason not to read from a connection; reading goes on when there is none.
enum class PauseReason : uint8_t {
  kBacklog,  // Input waits for the handler, e.g. behind a request under way.
  kOutput,   // What the input leads to, on this connection or another, is full.
  kHold,     // The handler waits for something else: an upstream, an upgrade, a verdict.
};

// A Connection is one byte stream between the host and a peer, registered under an id, and deleted
// when OnClose has been delivered.
//
// Methods of the handler are called from a clean stack only: from an input method of the host, from
// a timer, or from a task that the core runs when those are done. So a handler may call any method
// of any connection, and none of them calls a handler back.
class Connection {
 public:
  explicit Connection(Core& core);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection();

  Core& core() { return core_; }
  ConnectionId id() const { return id_; }

  // --- For the host's input ---

  void Receive(ByteSpan bytes);
  void ReceiveEnd();
  size_t Output(std::span<ByteSpan> out) const;
  void Consume(size_t size);
  // Consumed must follow Consume; it lets OnOutput come again if no output is left.
  void Consumed();
  // Fail ends the connection at once and tells the handler `why`: the socket failed, or could not
  // be opened; OK: both sides have ended. FailLocally is for what was ended from this side.
  void Fail(const absl::Status& why);
  void FailLocally(const absl::Status& why);
  bool failed_locally() const { return failed_locally_; }
  // Closed is the host's answer to OnClose under confirm_close. It deletes the connection.
  void Closed();
  bool reading() const;

  // --- For the handler ---

  Handler* handler() const { return handler_.get(); }
  void SetHandler(std::unique_ptr<Handler> handler);

  // SetTransport puts TLS between the socket and the handler, from the next byte on.
  void SetTransport(std::unique_ptr<Transport> transport);

  // OnSecured says that the handshake of the transport's `session` is over.
  virtual void OnSecured(const Session& session) = 0;
  Transport* transport() const { return transport_.get(); }

  // Unread puts bytes that the handler took back in front of the input.
  void Unread(std::string bytes);

  // WorkSoon shows kept input to the handler again once the present frame is done, e.g. because it
  // can now take what it left.
  void WorkSoon();

  // sink is where plaintext is written; lent bytes are not copied if Core::lending().
  OutputSink& sink();
  // link is the output to the socket, below TLS: where a transport writes.
  Link& link() { return link_; }
  void Send(ByteSpan bytes) { sink().Lend(bytes); }

  // SendEnd half-closes once the output is consumed. The handler stays until the peer ends, too.
  void SendEnd();

  // Finish takes the connection from its handler: what is to be sent is sent, the writing side shut
  // down, and what still comes discarded until the peer ends, or for Timeouts::delayed_close.
  void Finish();

  // Abort closes without waiting for anything.
  void Abort(CloseMode mode);

  void Pause(PauseReason reason);
  void Resume(PauseReason reason);
  bool output_full() const { return link_.full(); }

  // SetTimer and StopTimer set the handler's timer; after Finish the connection uses it itself.
  void SetTimer(Duration after);
  void StopTimer();

  bool open() const { return state_ == State::kOpen; }
  bool ended() const { return state_ == State::kFinishing || state_ == State::kClosed; }
  bool peer_ended() const { return peer_ended_; }
  bool input_waits() const { return !kept_.empty() || unread_ != nullptr; }
  uint64_t received_bytes() const { return received_; }
  uint64_t sent_bytes() const { return link_.sent(); }

  // RunAgain goes on with input that Limits::bytes_per_call or messages_per_call has put off.
  void RunAgain();

  // Trim gives back what an idle connection does not need.
  void Trim();

  // OutputGrew is how the link says that there is something to write.
  void OutputGrew();

 protected:
  // kSecuring: bytes go to and fro, and the handler is told of nothing but a failure.
  enum class State : uint8_t { kOpening, kSecuring, kOpen, kFinishing, kClosed };

  // Open gives `connection` an id and begins it in `state`, kOpening or kOpen. The engine owns it.
  template <typename C>
  static C& Open(std::unique_ptr<C> connection, State state) {
    C& opened = *connection;
    opened.Register(std::move(connection), state);
    return opened;
  }
  // Securing and Opened say how it goes on from kOpening: through a handshake of the transport, or
  // at once.
  void Securing();
  void Opened();

  // Ending is called once, when the OnClose has been decided on and before it is queued.
  virtual void Ending() {}
  // announced returns whether the host knows the id; if not, it is not told of the end either.
  virtual bool announced() const { return true; }
  virtual void TimerDue();

  Core& core_;

 private:
  friend class Link;

  void Register(std::unique_ptr<Connection> self, State state);
  void Feed(ByteSpan bytes, bool lent);
  bool Show(ByteSpan* bytes, bool lent);
  bool ShowDecrypted(ByteSpan* bytes);
  void Work();
  void RestoreUnread();
  void ShowEnd();
  void MaybeShutdown();
  void Close(CloseMode mode);
  void TurnSoon();
  void UpdateReading();
  bool wants_reading() const;
  // carries returns whether input counts.
  bool carries() const { return state_ == State::kSecuring || state_ == State::kOpen; }

  void Turn();
  void ReportEnd();
  void DeliverOutput();
  void DeliverReading();
  void DeliverShutdown();
  void DeliverClose();

  ConnectionId id_;
  State state_ = State::kOpening;
  uint8_t pauses_ = 0;
  CloseMode close_mode_ = CloseMode::kClose;
  bool failed_locally_ = false;
  bool output_told_ = false;
  bool output_queued_ = false;
  bool reading_told_ = true;
  bool reading_queued_ = false;
  bool peer_ended_ = false;
  bool end_given_ = false;
  bool end_wanted_ = false;
  bool shut_ = false;
  bool close_delivered_ = false;
  bool work_wanted_ = false;
  bool turn_queued_ = false;
  bool again_queued_ = false;
  std::unique_ptr<Handler> handler_;
  std::unique_ptr<Transport> transport_;
  Link link_;
  ChunkList kept_;  // From the wire, not yet taken by the handler or the transport.
  std::unique_ptr<std::string> unread_;
  Timer timer_;
  Timer flush_timer_;
  uint64_t received_ = 0;
};

}  // namespace postern

#endif  // POSTERN_ENGINE_CONNECTION_H_
