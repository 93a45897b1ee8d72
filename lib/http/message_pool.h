// A MessagePool lends message heads to the codecs of one engine, so that an idle connection keeps
// none and a busy one allocates none. Who has one, and for how long, is left to the engine.

#ifndef POSTERN_HTTP_MESSAGE_POOL_H_
#define POSTERN_HTTP_MESSAGE_POOL_H_

#include <memory>
#include <vector>

#include "lib/http/message.h"

namespace postern {

// A MessagePool keeps up to 64 cleared messages of each kind. A message that does not come back is
// simply freed by its owner.
class MessagePool {
 public:
  std::unique_ptr<RequestMessage> TakeRequest() { return Take(requests_); }
  std::unique_ptr<ResponseMessage> TakeResponse() { return Take(responses_); }

  // Give takes a message back; nullptr is ignored.
  void Give(std::unique_ptr<RequestMessage> message) { Keep(requests_, std::move(message)); }
  void Give(std::unique_ptr<ResponseMessage> message) { Keep(responses_, std::move(message)); }

 private:
  template <typename Message>
  using Free = std::vector<std::unique_ptr<Message>>;

  static constexpr size_t kKept = 64;

  template <typename Message>
  static std::unique_ptr<Message> Take(Free<Message>& free) {
    if (free.empty()) return std::make_unique<Message>();
    std::unique_ptr<Message> message = std::move(free.back());
    free.pop_back();
    return message;
  }

  template <typename Message>
  static void Keep(Free<Message>& free, std::unique_ptr<Message> message) {
    if (message == nullptr || free.size() >= kKept) return;
    message->Clear();
    free.push_back(std::move(message));
  }

  Free<RequestMessage> requests_;
  Free<ResponseMessage> responses_;
};

}  // namespace postern

#endif  // POSTERN_HTTP_MESSAGE_POOL_H_
