#include "lib/yaml/config_reader.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/strings.h"
#include "lib/model/field_path.h"
#include "lib/model/key_pool.h"
#include "lib/model/kinds.h"
#include "lib/yaml/decode_context.h"
#include "lib/yaml/decode_rules.h"
#include "lib/yaml/destination_rule_fields.h"
#include "lib/yaml/document.h"
#include "lib/yaml/envelope.h"
#include "lib/yaml/field_reader.h"
#include "lib/yaml/gateway_fields.h"
#include "lib/yaml/json_document.h"
#include "lib/yaml/kubernetes_reader.h"
#include "lib/yaml/service_entry_fields.h"
#include "lib/yaml/source_walk.h"
#include "lib/yaml/text_stream.h"
#include "lib/yaml/virtual_service_fields.h"

namespace postern {
namespace {

// A KindName is a kind by group and name.
struct KindName {
  std::string_view group;
  std::string_view kind;
};

// Kinds that restrict access. Postern does not read them, and must not drop them in silence.
constexpr KindName kUnenforced[] = {
    {"security.istio.io", "AuthorizationPolicy"}, {"security.istio.io", "RequestAuthentication"},
    {"security.istio.io", "PeerAuthentication"},  {kIstioGroup, "EnvoyFilter"},
    {"extensions.istio.io", "WasmPlugin"},
};

constexpr std::string_view kIstioVersions[] = {"v1", "v1beta1", "v1alpha3"};
constexpr std::string_view kCoreVersions[] = {"v1"};
constexpr std::string_view kDiscoveryVersions[] = {"v1", "v1beta1"};

std::span<const std::string_view> VersionsOf(std::string_view group) {
  if (group == kIstioGroup) return kIstioVersions;
  if (group == kDiscoveryGroup) return kDiscoveryVersions;
  return kCoreVersions;
}

bool IsLimit(std::string_view rule) {
  return rule == kTextBytesLimit || rule == kTextValuesLimit || rule == kTextDepthLimit ||
         rule == kTextMemoryLimit;
}

// ReadSpec reads the content of one of Istio's kinds.
template <typename T>
void ReadSpec(FieldReader& in, T* resource) {
  in.Skip("status");
  const std::optional<uint32_t> value = in.Ask("spec");
  if (!value.has_value()) return;
  const FieldPath path = in.path().Field("spec");
  FieldReader spec(&in.context(), *value, path);
  VisitFields(spec, resource);
}

void ReadDocument(FieldReader& in, Gateway* gateway) { ReadSpec(in, gateway); }
void ReadDocument(FieldReader& in, VirtualService* service) { ReadSpec(in, service); }
void ReadDocument(FieldReader& in, DestinationRule* rule) { ReadSpec(in, rule); }
void ReadDocument(FieldReader& in, ServiceEntry* entry) { ReadSpec(in, entry); }
void ReadDocument(FieldReader& in, WorkloadEntry* entry) { ReadSpec(in, entry); }

// A TextReader reads one text.
class TextReader {
 public:
  TextReader(std::string_view text, std::string_view file, const DecodeOptions& options)
      : text_(text),
        options_(options),
        keys_(std::make_shared<KeyPool>(file)),
        tree_(text),
        budget_{options.max_values, options.max_depth, MemoryBudget(text.size())} {}

  // Read reads the text as what it is, JSON or YAML.
  Config Read() {
    if (text_.size() > std::min<size_t>(options_.max_bytes, UINT32_MAX - 1)) {
      Refuse({kTextBytesLimit, StrCat("longer than ", options_.max_bytes, " bytes"), 1, 1});
    } else if (!IsJsonStream(text_) || CheckEncoding(text_).has_value() || !ReadJson()) {
      ReadYaml();
    }
    keys_->FinishAdding();
    return std::move(config_);
  }

 private:
  // ReadJson returns false if the text is no JSON after all; nothing of it is kept then.
  bool ReadJson() {
    JsonStream stream(text_);
    while (!refused_) {
      switch (stream.Next(&budget_, &tree_)) {
        case JsonStream::Result::kDocument:
          begins_as_json_ = true;
          TakeDocument();
          break;
        case JsonStream::Result::kEnd:
          return true;
        case JsonStream::Result::kRefused:
          Refuse(stream.error());
          break;
        case JsonStream::Result::kNotJson:
          config_ = Config();
          tree_.Clear();
          budget_ = {options_.max_values, options_.max_depth, MemoryBudget(text_.size())};
          return false;
      }
    }
    return true;
  }

  void ReadYaml() {
    TextStream stream(text_);
    while (!refused_) {
      const std::optional<Piece> piece = stream.Next();
      if (!piece.has_value()) return;
      ReadPiece(*piece);
    }
  }

  void ReadPiece(const Piece& piece) {
    const bool is_json = std::exchange(begins_as_json_, false);
    if (!piece.bad_separator.empty()) {
      Add({kYamlSeparatorInvalid, "nothing but a comment may follow --- on its line",
           piece.line - 1, 4});
      return;
    }
    if (piece.text.find_first_not_of(" \t\r\n") == piece.text.npos) return;
    if (const auto bad = CheckEncoding(piece.text)) {
      const std::string_view before = piece.text.substr(0, bad->offset);
      const auto lines = static_cast<uint32_t>(std::count(before.begin(), before.end(), '\n'));
      const size_t column = bad->offset - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0.
      Add({kYamlEncodingInvalid, bad->message, piece.line + lines, static_cast<uint32_t>(column)});
      return;
    }
    const YamlReading reading = ReadYamlDocument(piece, &budget_, &tree_);
    std::optional<DocumentError> error = reading.error;
    if (reading.ignored.has_value() && is_json && !error.has_value()) {
      error = reading.ignored;
      error->rule = kYamlSyntaxInvalid;
      error->message = "behind a JSON document only another may follow, or a line ---";
    }
    if (error.has_value()) {
      tree_.Clear();
      return IsLimit(error->rule) ? Refuse(*error) : Add(*error);
    }
    if (reading.ignored.has_value()) {
      Diagnostic finding = Finding(*reading.ignored);
      finding.severity = Severity::kWarning;
      AddWithin(&budget_.memory, std::move(finding), &config_.findings);
    }
    TakeDocument();
  }

  // TakeDocument reads what is in the tree, and empties it.
  void TakeDocument() {
    if (!tree_.empty()) {
      const size_t bytes = tree_.bytes();
      budget_.memory.Take(bytes);
      ReadItem(ValueTree::kRoot, "", "");
      if (budget_.memory.spent()) {
        const Value& root = tree_[ValueTree::kRoot];
        Refuse({kTextMemoryLimit, "takes more than 20 times its size, and 1 MiB", root.line,
                root.column});
      }
      budget_.memory.Give(bytes);
    }
    tree_.Clear();
  }

  // ReadItem reads the resource or list at `root`, whose kind and version a list above it may tell.
  void ReadItem(uint32_t root, std::string_view api_version, std::string_view kind) {
    const Value& value = tree_[root];
    if (value.kind == Value::Kind::kNull) return;
    if (value.kind != Value::Kind::kMap) {
      return Add({kDocumentTypeInvalid, "a document must be a map", value.line, value.column});
    }
    Envelope envelope = ReadEnvelope(tree_, root);
    if (envelope.kind.empty()) envelope.kind = kind;
    if (envelope.api_version.empty()) envelope.api_version = api_version;
    if (envelope.kind.empty()) {
      return Add({kKindRequired, "a document must have a kind", value.line, value.column});
    }
    if (envelope.kind == "List") return ReadList(root, "", "");
    if (envelope.kind.ends_with("List") && FindField(tree_, root, "items").has_value()) {
      const std::string_view item = envelope.kind.substr(0, envelope.kind.size() - 4);
      if (IsRead(envelope.group(), item)) return ReadList(root, envelope.api_version, item);
    }
    ReadKind(root, envelope);
  }

  void ReadList(uint32_t root, std::string_view api_version, std::string_view kind) {
    const std::optional<uint32_t> items = FindField(tree_, root, "items");
    if (!items.has_value()) return;
    const Value& value = tree_[*items];
    if (value.kind != Value::Kind::kList) {
      return Add(
          {kFieldTypeInvalid, "the items of a list must be a list", value.line, value.column});
    }
    tree_.ForEachElement(*items, [&](uint32_t item) {
      if (!budget_.memory.spent()) ReadItem(item, api_version, kind);
    });
  }

  // IsRead says that resources of the kind are not just skipped.
  static bool IsRead(std::string_view group, std::string_view kind) {
    bool found = IsUnenforced(group, kind);
    ForEachKind([&](std::string_view known_group, std::string_view known_kind, auto /*resources*/) {
      found |= group == known_group && kind == known_kind;
    });
    return found;
  }

  static bool IsUnenforced(std::string_view group, std::string_view kind) {
    return std::any_of(std::begin(kUnenforced), std::end(kUnenforced), [&](const KindName& known) {
      return known.group == group && known.kind == kind;
    });
  }

  void ReadKind(uint32_t root, const Envelope& envelope) {
    bool found = false;
    ForEachKind([&](std::string_view group, std::string_view kind, auto resources) {
      if (envelope.group() != group || envelope.kind != kind) return;
      found = true;
      ReadResource(root, envelope, VersionsOf(group), resources);
    });
    if (!found) Skip(root, envelope);
  }

  // Skip records a resource that is not read.
  void Skip(uint32_t root, const Envelope& envelope) {
    const bool is_unenforced = IsUnenforced(envelope.group(), envelope.kind);
    Diagnostic finding = Finding(
        {is_unenforced ? kKindUnenforced : kKindUnknown, "", tree_[root].line, tree_[root].column});
    finding.severity = is_unenforced ? Severity::kWarning : Severity::kInfo;
    finding.resource = ResourceName(envelope);
    finding.message = is_unenforced ? StrCat("the rules of a ", envelope.kind, " are not enforced")
                                    : StrCat("resources of kind ", Quote(envelope.kind), " in ",
                                             Quote(envelope.api_version), " are not read");
    budget_.memory.Take(finding.message.size() + finding.resource.size());
    AddWithin(&budget_.memory, std::move(finding), &config_.findings);
  }

  std::string ResourceName(const Envelope& envelope) const {
    return StrCat(envelope.kind, " ",
                  envelope.ns.empty() ? std::string_view(options_.default_namespace)
                                      : std::string_view(envelope.ns),
                  "/", envelope.name);
  }

  template <typename T>
  void ReadResource(uint32_t root, const Envelope& envelope,
                    std::span<const std::string_view> versions, std::vector<T> Config::*resources) {
    DecodeContext context(options_, keys_->file(), tree_, &budget_.memory, &config_.findings);
    context.set_resource(ResourceName(envelope));
    const FieldPath top;
    if (std::find(versions.begin(), versions.end(), envelope.version()) == versions.end()) {
      const FieldPath path = top.Field("apiVersion");
      const std::optional<uint32_t> written = FindField(tree_, root, "apiVersion");
      context.Error(kApiVersionUnsupported, path, written.value_or(root),
                    StrCat(Quote(envelope.api_version), " is no version of ", envelope.kind,
                           "; it is read in ", VersionList(envelope.group(), versions)));
      return;
    }
    T resource;
    {
      // Of Kubernetes' own kinds the model holds a part.
      const bool is_whole = envelope.group() == kIstioGroup;
      FieldReader in(&context, root, top,
                     is_whole ? FieldReader::Unknown::kRefuse : FieldReader::Unknown::kIgnore);
      in.FoldCase({"apiVersion", "kind", "metadata", "spec", "status"});
      ReadMetadata(in, &resource.metadata);
      ReadDocument(in, &resource);
    }
    if (context.failed()) return;
    // The items of a typed list may leave it to the list.
    if (resource.metadata.api_version.empty()) {
      resource.metadata.api_version = envelope.api_version;
    }
    resource.source = MapSources(tree_, root, keys_, &budget_.memory);
    AddWithin(&budget_.memory, std::move(resource), &(config_.*resources));
  }

  static std::string VersionList(std::string_view group,
                                 std::span<const std::string_view> versions) {
    std::string list;
    for (const std::string_view version : versions) {
      StrAppend(&list, list.empty() ? "" : ", ", group, group.empty() ? "" : "/", version);
    }
    return list;
  }

  Diagnostic Finding(const DocumentError& error) const {
    Diagnostic finding;
    finding.rule = error.rule;
    finding.message = error.message;
    finding.where = {keys_->file(), static_cast<int>(error.line), static_cast<int>(error.column)};
    return finding;
  }

  void Add(const DocumentError& error) {
    budget_.memory.Take(error.message.size());
    AddWithin(&budget_.memory, Finding(error), &config_.findings);
    if (budget_.memory.spent()) {
      Refuse({kTextMemoryLimit, "has more mistakes than can be listed", error.line, error.column});
    }
  }

  // Refuse drops all that was read of the text: it met a limit.
  void Refuse(const DocumentError& error) {
    config_ = Config();
    config_.findings.push_back(Finding(error));
    refused_ = true;
  }

  const std::string_view text_;
  const DecodeOptions& options_;
  const std::shared_ptr<KeyPool> keys_;
  ValueTree tree_;
  TextBudget budget_;
  Config config_;
  bool begins_as_json_ = false;  // The next piece does, and is not JSON to its end.
  bool refused_ = false;
};

template <typename T>
void AppendTo(std::vector<T>&& part, std::vector<T>* all) {
  if (all->empty()) {
    *all = std::move(part);
    return;
  }
  all->insert(all->end(), std::make_move_iterator(part.begin()),
              std::make_move_iterator(part.end()));
}

}  // namespace

Config ReadText(std::string_view text, std::string_view file, const DecodeOptions& options) {
  return TextReader(text, file, options).Read();
}

void Append(Config&& part, Config* config) {
  ForEachKind([&](std::string_view /*group*/, std::string_view /*kind*/, auto resources) {
    AppendTo(std::move(part.*resources), &(config->*resources));
  });
  AppendTo(std::move(part.findings), &config->findings);
}

}  // namespace postern
