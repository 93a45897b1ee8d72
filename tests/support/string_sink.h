// An OutputSink that is a string.

#ifndef POSTERN_TESTS_SUPPORT_STRING_SINK_H_
#define POSTERN_TESTS_SUPPORT_STRING_SINK_H_

#include <string>

#include "lib/base/output_sink.h"

namespace postern {

class StringSink : public OutputSink {
 public:
  char* Prepare(size_t size) override {
    at_ = bytes.size();
    bytes.resize(at_ + size);
    return bytes.data() + at_;
  }
  void Commit(size_t size) override { bytes.resize(at_ + size); }
  void Lend(ByteSpan lent) override { bytes += AsText(lent); }

  std::string bytes;

 private:
  size_t at_ = 0;
};

}  // namespace postern

#endif  // POSTERN_TESTS_SUPPORT_STRING_SINK_H_
