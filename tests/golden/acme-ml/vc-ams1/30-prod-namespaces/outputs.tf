# What later roots and people look up.

output "namespace_ids" {
  description = "Namespace ids."
  value = {
    acme_ml_prod_all = vsphere_namespace.acme_ml_prod_all.id
  }
}
