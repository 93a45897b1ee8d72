// The fields of the specs of a ServiceEntry and a WorkloadEntry (schema.md 4.2, 4.3), one table for
// reading and writing. What their values mean is for lib/validate.

#ifndef POSTERN_YAML_SERVICE_ENTRY_FIELDS_H_
#define POSTERN_YAML_SERVICE_ENTRY_FIELDS_H_

#include "lib/yaml/model_fields.h"
#include "postern/service_entry.h"

namespace postern {

template <typename F>
void VisitFields(F& fields, ModelOf<F, WorkloadEntrySpec>* spec) {
  fields.Field("address", &spec->address);
  fields.Field("ports", &spec->ports);
  fields.Field("labels", &spec->labels);
  fields.Field("network", &spec->network);
  fields.Field("locality", &spec->locality);
  fields.Field("weight", &spec->weight);
  fields.Field("serviceAccount", &spec->service_account);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, WorkloadEntry>* entry) {
  VisitFields(fields, &entry->spec);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ServicePort>* port) {
  fields.Field("number", &port->number);
  fields.Field("protocol", &port->protocol);
  fields.Field("name", &port->name);
  fields.Field("targetPort", &port->target_port);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ServiceEntry::Selector>* selector) {
  fields.Field("labels", &selector->labels);
}

template <typename F>
void VisitFields(F& fields, ModelOf<F, ServiceEntry>* entry) {
  fields.Field("hosts", &entry->hosts);
  fields.Field("addresses", &entry->addresses);
  fields.Field("ports", &entry->ports);
  fields.Field("location", &entry->location);
  fields.Field("resolution", &entry->resolution);
  fields.Field("endpoints", &entry->endpoints);
  fields.Field("workloadSelector", &entry->workload_selector);
  fields.Field("exportTo", &entry->export_to);
  fields.Field("subjectAltNames", &entry->subject_alt_names);
}

}  // namespace postern

#endif  // POSTERN_YAML_SERVICE_ENTRY_FIELDS_H_
