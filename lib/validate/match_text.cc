#include "lib/validate/match_text.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"

namespace postern {
namespace {

// A TextBuilder writes fields one after the other, each text behind its length, so that different
// values never give the same text.
class TextBuilder {
 public:
  void Add(std::string_view text) { StrAppend(&text_, text.size(), ":", text); }
  void Add(uint32_t number) { StrAppend(&text_, number, ";"); }
  void Add(const StringMatch& match) {
    if (match.regex) {
      text_ += 'r';
      Add(*match.regex);
    } else if (match.prefix) {
      text_ += 'p';
      Add(*match.prefix);
    } else if (match.exact) {
      text_ += 'e';
      Add(*match.exact);
    } else {
      text_ += '?';
    }
  }
  void Add(const Boxed<StringMatch>& match) {
    if (match) {
      Add(*match);
    } else {
      text_ += '-';
    }
  }
  template <typename V>
  void Add(const std::map<std::string, V>& map) {
    StrAppend(&text_, map.size(), "{");
    for (const auto& [key, value] : map) {
      Add(std::string_view(key));
      if constexpr (std::is_same_v<V, std::string>) {
        Add(std::string_view(value));
      } else {
        Add(value);
      }
    }
  }
  void Add(const std::vector<std::string>& list) {
    StrAppend(&text_, list.size(), "[");
    for (const std::string& element : list) Add(std::string_view(element));
  }

  std::string Build() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string MatchText(const HttpMatchRequest& match) {
  TextBuilder text;
  text.Add(match.uri);
  text.Add(match.scheme);
  text.Add(match.method);
  text.Add(match.authority);
  text.Add(match.headers);
  text.Add(match.without_headers);
  text.Add(match.query_params);
  text.Add(uint32_t{match.ignore_uri_case});
  text.Add(match.port);
  text.Add(match.source_labels);
  text.Add(std::string_view(match.source_namespace));
  text.Add(match.gateways);
  text.Add(std::string_view(match.stat_prefix));
  return std::move(text).Build();
}

std::string MatchText(const TlsMatchAttributes& match) {
  TextBuilder text;
  text.Add(match.sni_hosts);
  text.Add(match.destination_subnets);
  text.Add(match.port);
  text.Add(match.source_labels);
  text.Add(match.gateways);
  text.Add(std::string_view(match.source_namespace));
  return std::move(text).Build();
}

std::string MatchText(const L4MatchAttributes& match) {
  TextBuilder text;
  text.Add(match.destination_subnets);
  text.Add(match.port);
  text.Add(std::string_view(match.source_subnet));
  text.Add(match.source_labels);
  text.Add(match.gateways);
  text.Add(std::string_view(match.source_namespace));
  return std::move(text).Build();
}

}  // namespace postern
