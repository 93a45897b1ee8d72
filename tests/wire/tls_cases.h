// The wire cases of TLS, against an Engine: what is a ClientHello, which chain it finds, and what
// may be resumed.

#ifndef POSTERN_TESTS_WIRE_TLS_CASES_H_
#define POSTERN_TESTS_WIRE_TLS_CASES_H_

namespace postern {

// RunTlsCases runs tls.yaml and prints how many rows passed, and which wait for what.
void RunTlsCases();

}  // namespace postern

#endif  // POSTERN_TESTS_WIRE_TLS_CASES_H_
