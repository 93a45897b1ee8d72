// Frames of HTTP/2 for tests: those of a client, written by hand, and those of a server, read with
// nghttp2's decoder of fields alone.

#ifndef POSTERN_TESTS_WIRE_H2_FRAMES_H_
#define POSTERN_TESTS_WIRE_H2_FRAMES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

struct nghttp2_hd_inflater;

namespace postern {

// H2Frame and H2Request make bytes of a client: a frame; HEADERS of a GET with END_STREAM unless
// `open`, and with one field more if `extra` is not empty.
std::string H2Frame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload);
std::string H2Field(std::string_view name, std::string_view value);
std::string H2Request(uint32_t stream, bool open, std::string_view extra = "");

// H2Preface is what every client begins with.
std::string H2Preface();

// An H2Answer is what a server has sent on one stream.
struct H2Answer {
  int status = 0;      // 0: none yet.
  std::string fields;  // "name: value\n" each, trailers too.
  std::string body;
  bool end = false;
  std::optional<uint32_t> reset;  // The code of RST_STREAM.
};

// An H2Reader reads the bytes of a server, in any pieces. What is no frame ends the test program.
class H2Reader {
 public:
  H2Reader();
  H2Reader(const H2Reader&) = delete;
  H2Reader& operator=(const H2Reader&) = delete;
  ~H2Reader();

  void Read(std::string_view bytes);

  std::map<uint32_t, H2Answer> answers;
  std::map<uint16_t, uint32_t> settings;
  std::map<uint32_t, uint64_t> windows;  // Sums of WINDOW_UPDATE, by stream.
  std::optional<uint32_t> goaway;        // The last one's code,
  uint32_t goaway_stream = 0;            // and its last stream.

 private:
  void ReadFrame(uint8_t type, uint8_t flags, uint32_t stream, std::string_view payload);
  void ReadFields(H2Answer* answer, std::string_view block);

  nghttp2_hd_inflater* inflater_ = nullptr;
  std::string left_;
};

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_H2_FRAMES_H_
