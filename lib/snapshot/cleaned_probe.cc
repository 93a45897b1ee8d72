#include "lib/snapshot/cleaned_probe.h"

#include <array>
#include <string>

#include "lib/base/strings.h"
#include "lib/http/forwarded.h"
#include "lib/http/headers.h"
#include "lib/http/hygiene.h"
#include "lib/snapshot/clean_request.h"
#include "lib/snapshot/probe_facts.h"
#include "lib/snapshot/request_decision.h"
#include "lib/snapshot/tables.h"

namespace postern {

Probe CleanedProbe(const SnapshotOptions& options, const Probe& probe) {
  const ProbeFacts facts(probe);
  HeaderList fields;
  for (const auto& [name, value] : probe.headers) {
    fields.AddCopy(AsciiLower(name), TrimBlanks(value));
  }
  RequestHead head = facts.request();
  if (head.version == HttpVersion::kHttp2) JoinCookies(&fields);
  head.headers = fields.fields();

  const std::string remote = IpText(facts.connection().remote);
  const std::array<char, 36> id = RequestId({});
  RequestOrigin origin;
  origin.remote = remote;
  origin.tls = facts.connection().tls;
  origin.port = probe.listener.port;
  origin.upgrade = AsksUpgrade(head);
  if (options.request_id) origin.request_id = {id.data(), id.size()};
  CleanRequest(options, origin, &fields);

  Probe cleaned = probe;
  cleaned.headers.clear();
  for (const HeaderView& field : fields.fields()) {
    cleaned.headers.emplace_back(field.name, field.value);
  }
  return cleaned;
}

Probe Snapshot::Cleaned(const Probe& probe) const {
  return CleanedProbe(tables_->shared->options, probe);
}

}  // namespace postern
