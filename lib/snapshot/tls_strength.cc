#include "lib/snapshot/tls_strength.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "lib/base/strings.h"
#include "lib/model/names.h"

namespace postern {
namespace {

using TlsMode = ServerTlsSettings::TlsMode;
using TlsProtocol = ServerTlsSettings::TlsProtocol;

// ClientAuthRank orders modes by what they ask of clients.
int ClientAuthRank(const ServerTlsSettings& settings) {
  switch (settings.mode) {
    case TlsMode::kMutual:
    case TlsMode::kIstioMutual:
      return 2;
    case TlsMode::kOptionalMutual:
      return 1;
    default:
      return 0;
  }
}

// What is not set is TLS 1.2 to 1.3.
int MinimumRank(const ServerTlsSettings& settings) {
  return static_cast<int>(settings.min_protocol_version == TlsProtocol::kAuto
                              ? TlsProtocol::kTls12
                              : settings.min_protocol_version);
}

int MaximumRank(const ServerTlsSettings& settings) {
  return static_cast<int>(settings.max_protocol_version == TlsProtocol::kAuto
                              ? TlsProtocol::kTls13
                              : settings.max_protocol_version);
}

std::string ListText(const std::vector<std::string>& list) {
  std::string text = "[";
  for (const std::string& entry : list) StrAppend(&text, text.size() > 1 ? " " : "", entry);
  return text + "]";
}

// A Comparer adds up the differences.
class Comparer {
 public:
  // Ranked compares what has a stronger and a weaker side.
  void Ranked(std::string_view name, int from, int to, std::string_view from_text,
              std::string_view to_text) {
    if (from == to) return;
    (to > from ? stronger_ : weaker_) = true;
    Describe(name, from_text, to_text);
  }

  // Listed compares lists that say what is let in: none lets in all, fewer entries let in less.
  void Listed(std::string_view name, const std::vector<std::string>& from,
              const std::vector<std::string>& to) {
    if (from == to) return;
    const bool from_holds_to = Holds(from, to);
    const bool to_holds_from = Holds(to, from);
    if (from.empty() || (!to.empty() && from_holds_to && !to_holds_from)) {
      stronger_ = true;
    } else if (to.empty() || (to_holds_from && !from_holds_to)) {
      weaker_ = true;
    } else {
      changed_ = true;
    }
    Describe(name, ListText(from), ListText(to));
  }

  void Other(std::string_view name, const std::vector<std::string>& from,
             const std::vector<std::string>& to) {
    if (from == to) return;
    changed_ = true;
    Describe(name, ListText(from), ListText(to));
  }

  TlsComparison Finish() && {
    using Result = TlsComparison::Result;
    if (!stronger_ && !weaker_ && !changed_) return {};
    const bool one_way = !changed_ && stronger_ != weaker_;
    return {one_way ? (stronger_ ? Result::kStronger : Result::kWeaker) : Result::kChanged,
            std::move(what_)};
  }

 private:
  static bool Holds(const std::vector<std::string>& all, const std::vector<std::string>& some) {
    return std::all_of(some.begin(), some.end(), [&all](const std::string& entry) {
      return std::find(all.begin(), all.end(), entry) != all.end();
    });
  }

  void Describe(std::string_view name, std::string_view from, std::string_view to) {
    StrAppend(&what_, what_.empty() ? "" : "; ", name, " ", to, ", was ", from);
  }

  bool stronger_ = false;
  bool weaker_ = false;
  bool changed_ = false;
  std::string what_;
};

}  // namespace

TlsComparison CompareTls(const ServerTlsSettings& from, const ServerTlsSettings& to) {
  Comparer compare;
  if (from.mode != to.mode && ClientAuthRank(from) == ClientAuthRank(to)) {
    compare.Other("mode", {NameOrNumberOf(from.mode)}, {NameOrNumberOf(to.mode)});
  }
  compare.Ranked("mode", ClientAuthRank(from), ClientAuthRank(to), NameOrNumberOf(from.mode),
                 NameOrNumberOf(to.mode));
  compare.Ranked("minProtocolVersion", MinimumRank(from), MinimumRank(to),
                 NameOrNumberOf(from.min_protocol_version),
                 NameOrNumberOf(to.min_protocol_version));
  compare.Ranked("maxProtocolVersion", MaximumRank(from), MaximumRank(to),
                 NameOrNumberOf(from.max_protocol_version),
                 NameOrNumberOf(to.max_protocol_version));
  const bool from_skips = from.insecure_skip_verify.value_or(false);
  const bool to_skips = to.insecure_skip_verify.value_or(false);
  compare.Ranked("insecureSkipVerify", from_skips ? 0 : 1, to_skips ? 0 : 1,
                 from_skips ? "true" : "false", to_skips ? "true" : "false");
  compare.Listed("subjectAltNames", from.subject_alt_names, to.subject_alt_names);
  compare.Listed("verifyCertificateSpki", from.verify_certificate_spki, to.verify_certificate_spki);
  compare.Listed("verifyCertificateHash", from.verify_certificate_hash, to.verify_certificate_hash);
  compare.Other("cipherSuites", from.cipher_suites, to.cipher_suites);
  compare.Other("ecdhCurves", from.ecdh_curves, to.ecdh_curves);
  return std::move(compare).Finish();
}

}  // namespace postern
