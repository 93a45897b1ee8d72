#include "lib/yaml/decode_rules.h"

namespace postern {
namespace {

constexpr Severity kError = Severity::kError;

constexpr DecodeRule kRules[] = {
    {kFileUnreadable, kError, "a file or folder cannot be read"},
    {kTextBytesLimit, kError, "a text is longer than DecodeOptions::max_bytes"},
    {kTextValuesLimit, kError, "a text holds more values than DecodeOptions::max_values"},
    {kTextDepthLimit, kError, "a text is nested deeper than DecodeOptions::max_depth"},
    {kTextMemoryLimit, kError, "a text would take more than 20 times its size, and 1 MiB"},
    {kYamlEncodingInvalid, kError, "the text is not UTF-8, or holds a control character"},
    {kYamlSeparatorInvalid, kError, "something else than a comment follows --- on its line"},
    {kYamlSyntaxInvalid, kError, "the text is neither YAML nor JSON"},
    {kYamlKeyInvalid, kError, "a key is null, a list or a map"},
    {kYamlMergeInvalid, kError, "a merge key << has no map to merge"},
    {kYamlTagInvalid, kError, "a scalar is not of the type that its tag names"},
    {kYamlTextIgnored, Severity::kWarning, "text after the end of a document is not read"},
    {kDocumentTypeInvalid, kError, "a document is not a map"},
    {kDocumentCountInvalid, kError, "a text for one resource holds none, or several"},
    {kDocumentFindingsLimit, kError, "a document has more mistakes than are listed"},
    {kKindRequired, kError, "a document has no kind"},
    {kKindUnknown, Severity::kInfo, "a resource is of a kind that Postern does not read"},
    {kKindUnenforced, Severity::kWarning,
     "a resource restricts access in a way that Postern does not enforce"},
    {kApiVersionUnsupported, kError, "a kind of ours has a version that does not exist"},
    {kFieldUnknown, kError, "a field does not exist"},
    {kFieldDuplicate, kError, "a key stands twice in one map"},
    {kFieldTypeInvalid, kError, "a value has the wrong type"},
    {kFieldNumberInvalid, kError, "a number does not fit its field"},
    {kFieldEnumUnknown, kError, "a name is not among those of its field"},
    {kFieldDurationInvalid, kError, "a duration is not spelled as Go spells it"},
    {kFieldBase64Invalid, kError, "a value is not base64 with padding"},
    {kFieldTimestampInvalid, kError, "a time is not spelled as RFC 3339 does"},
    {kFieldOneofOverridden, Severity::kWarning,
     "of fields that exclude each other, a later one takes over"},
};

}  // namespace

std::span<const DecodeRule> DecodeRules() { return kRules; }

}  // namespace postern
