// An upstream inside the program: what a route leads to when there is nothing to connect to.

#ifndef POSTERN_EXAMPLES_LOCAL_UPSTREAM_H_
#define POSTERN_EXAMPLES_LOCAL_UPSTREAM_H_

#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include "postern/engine.h"

// A LocalUpstream answers requests with its name, and how much it was sent; "?bytes=N" in the path
// asks for N bytes more. To a connection without requests it says everything back.
class LocalUpstream : public postern::Service {
 public:
  explicit LocalUpstream(std::string name) : name_(std::move(name)) {}

  void OnRequest(postern::Engine& engine, postern::StreamId stream,
                 const postern::ServiceRequest& request) override;
  void OnConnection(postern::Engine& engine, postern::StreamId stream,
                    const postern::ServiceConnection& connection) override;
  void OnData(postern::Engine& engine, postern::StreamId stream, postern::ByteSpan bytes) override;
  void OnDataEnd(postern::Engine& engine, postern::StreamId stream,
                 std::span<const postern::HeaderView> trailers) override;
  void OnWritable(postern::Engine& engine, postern::StreamId stream) override;
  void OnClose(postern::Engine& engine, postern::StreamId stream, const absl::Status& why) override;

 private:
  // A Talk is one stream that is not answered in full yet.
  struct Talk {
    bool echo = false;
    std::string text;       // What to say at the end of the request.
    uint64_t received = 0;  // Of its body.
    uint64_t filler = 0;    // Bytes still to come after `text`.
  };

  void Answer(postern::Engine& engine, postern::StreamId stream, Talk& talk);
  void Fill(postern::Engine& engine, postern::StreamId stream, Talk& talk);

  const std::string name_;
  std::unordered_map<uint64_t, Talk> talks_;
};

#endif  // POSTERN_EXAMPLES_LOCAL_UPSTREAM_H_
