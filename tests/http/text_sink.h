// An OutputSink for tests: it collects all bytes in one string.

#ifndef POSTERN_TESTS_HTTP_TEXT_SINK_H_
#define POSTERN_TESTS_HTTP_TEXT_SINK_H_

#include <string>

#include "lib/http/output_sink.h"

namespace postern {

class TextSink : public OutputSink {
 public:
  char* Prepare(size_t size) override {
    room_.resize(size);
    return room_.data();
  }
  void Commit(size_t size) override { text.append(room_, 0, size); }
  void Lend(ByteSpan bytes) override { text.append(AsText(bytes)); }

  std::string text;

 private:
  std::string room_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_HTTP_TEXT_SINK_H_
