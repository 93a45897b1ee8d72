#include "lib/yaml/envelope.h"

#include "lib/base/strings.h"
#include "lib/yaml/scalar.h"

namespace postern {
namespace {

std::string_view TextOf(const ValueTree& tree, std::optional<uint32_t> value) {
  if (!value.has_value()) return {};
  const Value& scalar = tree[*value];
  const bool is_text = scalar.kind == Value::Kind::kText || scalar.kind == Value::Kind::kPlain;
  return is_text ? tree.Text(scalar) : std::string_view();
}

}  // namespace

std::string_view Envelope::group() const {
  const size_t slash = api_version.find('/');
  return slash == api_version.npos ? std::string_view() : api_version.substr(0, slash);
}

std::string_view Envelope::version() const {
  return api_version.substr(api_version.find('/') + 1);  // npos + 1 is 0.
}

std::optional<uint32_t> FindField(const ValueTree& tree, uint32_t map, std::string_view name) {
  std::optional<uint32_t> found;
  if (tree[map].kind != Value::Kind::kMap) return found;
  tree.ForEachField(map, [&](uint32_t key, uint32_t value) {
    if (EqualsIgnoreCase(tree.Text(tree[key]), name)) found = value;
  });
  if (found.has_value() && tree[*found].kind == Value::Kind::kNull) return std::nullopt;
  return found;
}

Envelope ReadEnvelope(const ValueTree& tree, uint32_t root) {
  Envelope envelope;
  envelope.api_version = TextOf(tree, FindField(tree, root, "apiVersion"));
  envelope.kind = TextOf(tree, FindField(tree, root, "kind"));
  if (const auto metadata = FindField(tree, root, "metadata")) {
    envelope.name = TextOf(tree, FindField(tree, *metadata, "name"));
    envelope.ns = TextOf(tree, FindField(tree, *metadata, "namespace"));
  }
  return envelope;
}

void ReadMetadata(FieldReader& in, Metadata* metadata) {
  in.Field("apiVersion", &metadata->api_version);
  in.Ask("kind");
  if (const std::optional<uint32_t> value = in.Ask("metadata")) {
    const FieldPath path = in.path().Field("metadata");
    FieldReader fields(&in.context(), *value, path, FieldReader::Unknown::kIgnore);
    fields.FoldCase({"name", "namespace", "labels", "annotations", "creationTimestamp"});
    fields.Converted("name", &metadata->name);
    fields.Converted("namespace", &metadata->ns);
    fields.Converted("labels", &metadata->labels);
    fields.Converted("annotations", &metadata->annotations);
    fields.Timestamp("creationTimestamp", &metadata->creation_timestamp);
  }
  if (metadata->ns.empty()) metadata->ns = in.context().default_namespace();
}

}  // namespace postern
