# What later roots and people look up.

output "namespace_ids" {
  description = "Namespace ids."
  value = {
    acme_ml_dev_ml_eng   = vsphere_namespace.acme_ml_dev_ml_eng.id
    acme_ml_dev_research = vsphere_namespace.acme_ml_dev_research.id
  }
}
