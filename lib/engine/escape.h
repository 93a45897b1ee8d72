// Text of peers on its way into a log line, JSON or a page. What is written is left to
// lib/engine/log.cc and lib/engine/local_reply.h.

#ifndef POSTERN_ENGINE_ESCAPE_H_
#define POSTERN_ENGINE_ESCAPE_H_

#include <string>
#include <string_view>

namespace postern {

// LogEscaped returns `text` with control bytes, bytes from 0x7f on, quotes and backslashes as
// "\xNN" or with a backslash: it ends neither its quotes nor its line.
std::string LogEscaped(std::string_view text);

// JsonEscaped returns `text` as it stands between the quotes of a JSON string; bytes that are no
// UTF-8 are read as Latin-1, so that the result always is one.
std::string JsonEscaped(std::string_view text);

// HtmlEscaped returns `text` with & < > " ' as entities and without control bytes.
std::string HtmlEscaped(std::string_view text);

}  // namespace postern

#endif  // POSTERN_ENGINE_ESCAPE_H_
