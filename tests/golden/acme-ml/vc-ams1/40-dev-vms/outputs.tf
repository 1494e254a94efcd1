# What later roots and people look up.

output "folder_ids" {
  description = "Folder ids, by path."
  value = {
    acme_ml_dev__a65e5b = vsphere_folder.acme_ml_dev__a65e5b.id
  }
}
