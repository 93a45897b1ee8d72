// Says which servers name a credential that is not there or unusable and that they would not
// present anyway: those that do not end TLS, and those that lost. The others refuse connections,
// which lib/compile/certificate_report.h says; what has expired is said of each server here.

#ifndef POSTERN_COMPILE_UNUSED_CREDENTIAL_REPORT_H_
#define POSTERN_COMPILE_UNUSED_CREDENTIAL_REPORT_H_

#include "lib/compile/compile_state.h"
#include "postern/credentials.h"

namespace postern {

// ReportUnusedCredentials reports each `credentialName` that `source` does not find, or whose
// certificate is not one, of the servers for the proxy that have no TLS of their own in the tables,
// which are complete (a part of Istio's IST0101 and IST0161); and of all servers for the proxy
// those that name a certificate out of date, whatever its key is. For lint.
void ReportUnusedCredentials(CredentialSource& source, CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_UNUSED_CREDENTIAL_REPORT_H_
