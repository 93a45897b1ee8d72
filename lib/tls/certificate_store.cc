#include "lib/tls/certificate_store.h"

#include <algorithm>
#include <string>
#include <utility>

namespace postern {
namespace {

using Certificates = CertificateStore::Certificates;

void PutEcdsaFirst(Certificates* certificates) {
  std::stable_sort(certificates->begin(), certificates->end(), [](const auto& a, const auto& b) {
    return (a->key_type() == KeyType::kRsa) < (b->key_type() == KeyType::kRsa);
  });
}

}  // namespace

CertificateStore::CertificateStore(Certificates certificates)
    : all_(std::move(certificates)), ecdsa_first_(all_) {
  PutEcdsaFirst(&ecdsa_first_);
  // One certificate is everybody's choice whatever its names: ten thousand servers need no tables.
  if (all_.size() < 2) return;
  for (const auto& certificate : all_) {
    for (const std::string& name : certificate->server_names()) {
      Certificates& same = by_name_[name];
      if (std::none_of(same.begin(), same.end(), [&certificate](const auto& other) {
            return other->key_type() == certificate->key_type();
          })) {
        same.push_back(certificate);
      }
    }
  }
  for (auto& [name, same] : by_name_) PutEcdsaFirst(&same);
}

const Certificates& CertificateStore::Candidates(std::string_view server_name) const {
  if (server_name.empty()) return ecdsa_first_;
  if (const auto exact = by_name_.find(server_name); exact != by_name_.end()) return exact->second;
  if (const size_t dot = server_name.find('.'); dot != server_name.npos && !by_name_.empty()) {
    const auto wildcard = by_name_.find("*" + std::string(server_name.substr(dot)));
    if (wildcard != by_name_.end()) return wildcard->second;
  }
  return all_;
}

}  // namespace postern
