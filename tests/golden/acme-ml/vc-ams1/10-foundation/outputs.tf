# What later roots and people look up.

output "storage_policy_ids" {
  description = "Ids of the storage policies, by name."
  value = {
    acme_ml_bulk = vsphere_vm_storage_policy.acme_ml_bulk.id
  }
}

output "folder_ids" {
  description = "Ids of the platform's VM folders, by path."
  value = {
    acme_ml = vsphere_folder.acme_ml.id
  }
}
