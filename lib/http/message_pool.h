// A MessagePool lends message heads, and the parsers that read them, to the codecs of one engine,
// so that an idle connection keeps none and a busy one allocates none. Who has one, and for how
// long, is left to the codecs and the engine.

#ifndef POSTERN_HTTP_MESSAGE_POOL_H_
#define POSTERN_HTTP_MESSAGE_POOL_H_

#include <array>
#include <memory>
#include <vector>

#include "lib/http/h1_parser.h"
#include "lib/http/message.h"

namespace postern {

// A MessagePool keeps up to 64 cleared messages of each kind. A message that does not come back is
// simply freed by its owner.
class MessagePool {
 public:
  std::unique_ptr<RequestMessage> TakeRequest() { return Take(requests_); }
  std::unique_ptr<ResponseMessage> TakeResponse() { return Take(responses_); }

  // TakeParser lends a parser, which is to be given back, too.
  std::unique_ptr<H1Parser> TakeParser(LineGuard::Kind kind) {
    Free<H1Parser>& free = parsers_[static_cast<size_t>(kind)];
    return free.empty() ? std::make_unique<H1Parser>(kind) : TakeLast(free);
  }
  void Give(LineGuard::Kind kind, std::unique_ptr<H1Parser> parser) {
    Free<H1Parser>& free = parsers_[static_cast<size_t>(kind)];
    if (parser != nullptr && free.size() < kKept) free.push_back(std::move(parser));
  }

  // Give takes a message back; nullptr is ignored.
  void Give(std::unique_ptr<RequestMessage> message) { Keep(requests_, std::move(message)); }
  void Give(std::unique_ptr<ResponseMessage> message) { Keep(responses_, std::move(message)); }

 private:
  template <typename Message>
  using Free = std::vector<std::unique_ptr<Message>>;

  static constexpr size_t kKept = 64;

  template <typename Message>
  static std::unique_ptr<Message> Take(Free<Message>& free) {
    return free.empty() ? std::make_unique<Message>() : TakeLast(free);
  }

  template <typename Thing>
  static std::unique_ptr<Thing> TakeLast(Free<Thing>& free) {
    std::unique_ptr<Thing> thing = std::move(free.back());
    free.pop_back();
    return thing;
  }

  template <typename Message>
  static void Keep(Free<Message>& free, std::unique_ptr<Message> message) {
    if (message == nullptr || free.size() >= kKept) return;
    message->Clear();
    free.push_back(std::move(message));
  }

  Free<RequestMessage> requests_;
  Free<ResponseMessage> responses_;
  std::array<Free<H1Parser>, 2> parsers_;
};

}  // namespace postern

#endif  // POSTERN_HTTP_MESSAGE_POOL_H_
