#include "lib/engine/upstream_pipe.h"

#include <utility>

#include "lib/engine/upstream_connection.h"

namespace postern {

void UpstreamPipe::OnConnected() {
  if (user_ != nullptr) user_->OnFarReady();
}

bool UpstreamPipe::OnBytes(ByteSpan* bytes) {
  if (user_ != nullptr) user_->OnFarBytes(bytes);
  return false;
}

void UpstreamPipe::OnEnd() {
  if (user_ != nullptr) user_->OnFarEnd();
}

void UpstreamPipe::OnOutputLow() {
  if (user_ != nullptr) user_->OnFarRoom();
}

void UpstreamPipe::OnBroken(const absl::Status& why) {
  connection_ = nullptr;
  if (FarUser* user = std::exchange(user_, nullptr); user != nullptr) user->OnFarGone(why);
}

const PeerInfo* UpstreamPipe::peer() const {
  return connection_ == nullptr ? nullptr : &connection_->peer();
}

void UpstreamPipe::Send(ByteSpan bytes) { connection_->Send(bytes); }
void UpstreamPipe::SendEnd() { connection_->SendEnd(); }
bool UpstreamPipe::full() const { return connection_->output_full(); }
void UpstreamPipe::Hold() { connection_->Pause(PauseReason::kOutput); }

void UpstreamPipe::Go() {
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
