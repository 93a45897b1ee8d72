// Streams between two requests, and those that are over and wait for their log to be delivered.
// What a stream does is for lib/engine/stream.h.

#ifndef POSTERN_ENGINE_STREAM_POOL_H_
#define POSTERN_ENGINE_STREAM_POOL_H_

#include <cstddef>
#include <memory>
#include <vector>

namespace postern {

class Core;
class Stream;

// A StreamPool keeps a few streams, with their memory, so that a request allocates nothing.
class StreamPool {
 public:
  StreamPool();
  ~StreamPool();

  std::unique_ptr<Stream> Take(Core& core);

  // Shed ends the streams that hold the most, until the memory is enough or none holds any. It is
  // for a core that is short of memory.
  void Shed(Core& core);

  // Finish queues the log of `stream`; when that has been delivered, the stream is used again.
  void Finish(Core& core, std::unique_ptr<Stream> stream);

 private:
  static constexpr size_t kKept = 64;
  static constexpr size_t kMostShed = 50;  // At once.

  // TellNext delivers the log of the first of finished_.
  void WriteNextLog();

  std::vector<std::unique_ptr<Stream>> free_;
  std::vector<Stream*> busy_;                      // In no order: each knows its place.
  std::vector<std::unique_ptr<Stream>> finished_;  // From first_finished_ on, as their effects.
  size_t first_finished_ = 0;
  std::unique_ptr<Stream> told_;  // Kept over the callback that was told.
  size_t nothing_to_shed_at_ =
      0;  // What the ledger said when no stream held any of it; 0: unknown.
};

}  // namespace postern

#endif  // POSTERN_ENGINE_STREAM_POOL_H_
