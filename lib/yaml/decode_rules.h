// The rule ids of everything that reading a configuration can find; never renamed. What a resource
// means, once it is read, is for the rules of lib/validate.

#ifndef POSTERN_YAML_DECODE_RULES_H_
#define POSTERN_YAML_DECODE_RULES_H_

#include <span>
#include <string_view>

#include "postern/diagnostic.h"

namespace postern {

// Of a file, or a text.
inline constexpr std::string_view kFileUnreadable = "file-unreadable";
inline constexpr std::string_view kTextBytesLimit = "text-bytes-limit";
inline constexpr std::string_view kTextValuesLimit = "text-values-limit";
inline constexpr std::string_view kTextDepthLimit = "text-depth-limit";
inline constexpr std::string_view kTextMemoryLimit = "text-memory-limit";

// Of a document as YAML or JSON.
inline constexpr std::string_view kYamlEncodingInvalid = "yaml-encoding-invalid";
inline constexpr std::string_view kYamlSeparatorInvalid = "yaml-separator-invalid";
inline constexpr std::string_view kYamlSyntaxInvalid = "yaml-syntax-invalid";
inline constexpr std::string_view kYamlKeyInvalid = "yaml-key-invalid";
inline constexpr std::string_view kYamlMergeInvalid = "yaml-merge-invalid";
inline constexpr std::string_view kYamlTagInvalid = "yaml-tag-invalid";
inline constexpr std::string_view kYamlTextIgnored = "yaml-text-ignored";  // A warning.

// Of a document as a resource.
inline constexpr std::string_view kDocumentTypeInvalid = "document-type-invalid";
inline constexpr std::string_view kDocumentCountInvalid = "document-count-invalid";
inline constexpr std::string_view kDocumentFindingsLimit = "document-findings-limit";
inline constexpr std::string_view kKindRequired = "kind-required";
inline constexpr std::string_view kKindUnknown = "kind-unknown";        // An info.
inline constexpr std::string_view kKindUnenforced = "kind-unenforced";  // A warning.
inline constexpr std::string_view kApiVersionUnsupported = "api-version-unsupported";

// Of a field.
inline constexpr std::string_view kFieldUnknown = "field-unknown";
inline constexpr std::string_view kFieldDuplicate = "field-duplicate";
inline constexpr std::string_view kFieldTypeInvalid = "field-type-invalid";
inline constexpr std::string_view kFieldNumberInvalid = "field-number-invalid";
inline constexpr std::string_view kFieldEnumUnknown = "field-enum-unknown";
inline constexpr std::string_view kFieldDurationInvalid = "field-duration-invalid";
inline constexpr std::string_view kFieldBase64Invalid = "field-base64-invalid";
inline constexpr std::string_view kFieldTimestampInvalid = "field-timestamp-invalid";
inline constexpr std::string_view kFieldOneofOverridden = "field-oneof-overridden";  // A warning.

// A DecodeRule describes one of them, for docs/rules.md and SARIF.
struct DecodeRule {
  std::string_view id;
  Severity severity;
  std::string_view what;
};

// DecodeRules returns all of them, in the order above.
std::span<const DecodeRule> DecodeRules();

}  // namespace postern

#endif  // POSTERN_YAML_DECODE_RULES_H_
