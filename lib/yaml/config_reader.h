// Reads a text of YAML or JSON into the resources of a Config: its documents, lists taken apart, by
// their kinds. Which findings errors of meaning are is for lib/validate.
//
// Everything that reading finds has a rule of lib/yaml/decode_rules.h. Snapshot::Build looks at:
// - `kind-unenforced`, a warning: a resource of a kind that restricts access and that Postern does
//   not enforce. Its `resource` begins with the kind: "AuthorizationPolicy ns/name". Build refuses
//   it unless SnapshotOptions::accept_unenforced names the kind.
// - any error: what was written is not in the Config.
// `kind-unknown` is an info: a resource of any other kind, which is skipped.

#ifndef POSTERN_YAML_CONFIG_READER_H_
#define POSTERN_YAML_CONFIG_READER_H_

#include <string_view>

#include "postern/config.h"

namespace postern {

// ReadText reads all documents of `text`; `file` names it in locations. One that cannot be read is
// a finding, and the others are read. Beyond a limit one finding is all that there is.
Config ReadText(std::string_view text, std::string_view file, const DecodeOptions& options);

// Append moves the content of `part` behind that of `config`.
void Append(Config&& part, Config* config);

}  // namespace postern

#endif  // POSTERN_YAML_CONFIG_READER_H_
