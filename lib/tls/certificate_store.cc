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

CertificateStore::CertificateStore(Certificates certificates) : all_(std::move(certificates)) {
  // One certificate is everybody's choice whatever its names: ten thousand servers need no tables.
  if (all_.size() < 2) return;
  auto choice = std::make_unique<Choice>();
  choice->ecdsa_first = all_;
  PutEcdsaFirst(&choice->ecdsa_first);
  for (const auto& certificate : all_) {
    for (const std::string& name : certificate->server_names()) {
      Certificates& same = choice->by_name[name];
      if (std::none_of(same.begin(), same.end(), [&certificate](const auto& other) {
            return other->key_type() == certificate->key_type();
          })) {
        same.push_back(certificate);
      }
    }
  }
  for (auto& [name, same] : choice->by_name) {
    PutEcdsaFirst(&same);
    // A client that can use none of its name's gets the first of all, as in Envoy.
    if (std::find(same.begin(), same.end(), all_.front()) == same.end()) {
      same.push_back(all_.front());
    }
  }
  choice_ = std::move(choice);
}

const Certificates& CertificateStore::Candidates(std::string_view server_name) const {
  if (choice_ == nullptr) return all_;
  if (server_name.empty()) return choice_->ecdsa_first;
  const StringMap<Certificates>& by_name = choice_->by_name;
  if (const auto exact = by_name.find(server_name); exact != by_name.end()) return exact->second;
  if (const size_t dot = server_name.find('.'); dot != server_name.npos) {
    const auto wildcard = by_name.find("*" + std::string(server_name.substr(dot)));
    if (wildcard != by_name.end()) return wildcard->second;
  }
  return all_;
}

}  // namespace postern
