#include "lib/yaml/service_entry_reader.h"

namespace postern {

void ReadFields(FieldReader& in, WorkloadEntrySpec* spec) {
  in.Read("address", &spec->address);
  in.Read("ports", &spec->ports);
  in.Read("labels", &spec->labels);
  in.Read("network", &spec->network);
  in.Read("locality", &spec->locality);
  in.Read("weight", &spec->weight);
  in.Read("serviceAccount", &spec->service_account);
}

void ReadFields(FieldReader& in, WorkloadEntry* entry) { ReadFields(in, &entry->spec); }

void ReadFields(FieldReader& in, ServicePort* port) {
  in.Read("number", &port->number);
  in.Read("protocol", &port->protocol);
  in.Read("name", &port->name);
  in.Read("targetPort", &port->target_port);
}

void ReadFields(FieldReader& in, ServiceEntry::Selector* selector) {
  in.Read("labels", &selector->labels);
}

void ReadFields(FieldReader& in, ServiceEntry* entry) {
  in.Read("hosts", &entry->hosts);
  in.Read("addresses", &entry->addresses);
  in.Read("ports", &entry->ports);
  in.Read("location", &entry->location);
  in.Read("resolution", &entry->resolution);
  in.Read("endpoints", &entry->endpoints);
  in.Read("workloadSelector", &entry->workload_selector);
  in.Read("exportTo", &entry->export_to);
  in.Read("subjectAltNames", &entry->subject_alt_names);
}

}  // namespace postern
