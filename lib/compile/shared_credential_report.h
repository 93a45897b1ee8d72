// Says which Gateways of one workload present the same certificate, whatever its hosts and whether
// it is there. Certificates that were loaded are for lib/compile/certificate_report.h.

#ifndef POSTERN_COMPILE_SHARED_CREDENTIAL_REPORT_H_
#define POSTERN_COMPILE_SHARED_CREDENTIAL_REPORT_H_

#include "lib/compile/compile_state.h"

namespace postern {

// ReportSharedCredentials reports each server whose credential or pair of files is that of a server
// of another Gateway which every proxy of that one gets, too (Istio's IST0138). For lint: it names
// no more than a thousand pairs of one credential.
void ReportSharedCredentials(CompileState& state);

}  // namespace postern

#endif  // POSTERN_COMPILE_SHARED_CREDENTIAL_REPORT_H_
