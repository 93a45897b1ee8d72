// A certificate for programs that are only tried out: made at start, trusted by nobody.

#ifndef POSTERN_EXAMPLES_SELF_SIGNED_H_
#define POSTERN_EXAMPLES_SELF_SIGNED_H_

#include <string>
#include <vector>

// A SelfSigned is a certificate and its key, both PEM.
struct SelfSigned {
  std::string certificate;
  std::string key;
};

// MakeSelfSigned returns a certificate for `names`, which may begin with "*.", with a new P-256
// key. Both are empty if BoringSSL fails.
SelfSigned MakeSelfSigned(const std::vector<std::string>& names);

#endif  // POSTERN_EXAMPLES_SELF_SIGNED_H_
