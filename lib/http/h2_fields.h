// The fields of a message as nghttp2 takes them. Which fields a message has is for the codecs.

#ifndef POSTERN_HTTP_H2_FIELDS_H_
#define POSTERN_HTTP_H2_FIELDS_H_

#include <nghttp2/nghttp2.h>

#include <span>
#include <string_view>
#include <vector>

#include "lib/http/headers.h"

namespace postern {

// An H2Fields is room for the fields of one message at a time; it keeps its memory.
class H2Fields {
 public:
  // Begin forgets the fields of the message before.
  void Begin() { fields_.clear(); }

  // AddPseudo adds ":path" and its like, which come first. Both texts must outlive the submission.
  void AddPseudo(std::string_view name, std::string_view value);

  // Add adds those of `headers` that may stand in HTTP/2: nghttp2 sends whatever it is given.
  void Add(std::span<const HeaderView> headers);

  const nghttp2_nv* data() const { return fields_.data(); }
  size_t size() const { return fields_.size(); }

 private:
  std::vector<nghttp2_nv> fields_;
};

}  // namespace postern

#endif  // POSTERN_HTTP_H2_FIELDS_H_
