# What later roots and people look up.

output "folder_ids" {
  description = "Folder ids, by path."
  value = {
    acme_ml_prod__c8596a = vsphere_folder.acme_ml_prod__c8596a.id
  }
}
