#include "lib/engine/upstream_pipe.h"

#include <utility>

#include "lib/engine/upstream_connection.h"

namespace postern {

void UpstreamPipe::OnConnected() {
  if (user_ != nullptr) user_->OnUpstreamReady();
}

bool UpstreamPipe::OnBytes(ByteSpan* bytes) {
  if (user_ != nullptr) user_->OnUpstreamBytes(bytes);
  return false;
}

void UpstreamPipe::OnEnd() {
  if (user_ != nullptr) user_->OnUpstreamEnd();
}

void UpstreamPipe::OnWritable() {
  if (user_ != nullptr) user_->OnUpstreamWritable();
}

void UpstreamPipe::OnBroken(const absl::Status& why) {
  connection_ = nullptr;
  if (TunnelUpstreamUser* user = std::exchange(user_, nullptr); user != nullptr)
    user->OnUpstreamGone(why);
}

const PeerInfo* UpstreamPipe::peer() const {
  return connection_ == nullptr ? nullptr : &connection_->peer();
}

void UpstreamPipe::Send(ByteSpan bytes) { connection_->Send(bytes); }
void UpstreamPipe::SendEnd() { connection_->SendEnd(); }
bool UpstreamPipe::full() const { return connection_->output_full(); }
void UpstreamPipe::Pause() { connection_->Pause(PauseReason::kOutput); }

void UpstreamPipe::Resume() {
  connection_->Resume(PauseReason::kOutput);
  if (connection_->input_waits()) connection_->WorkSoon();
}

void UpstreamPipe::Drop(const absl::Status& why) {
  user_ = nullptr;
  UpstreamConnection* connection = std::exchange(connection_, nullptr);
  if (connection == nullptr) return;
  if (why.ok()) {
    connection->Finish();
  } else {
    connection->Abort(CloseMode::kReset);
  }
}

}  // namespace postern
