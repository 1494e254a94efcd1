# VM folders that this platform owns.

resource "vsphere_folder" "acme_ml_prod__c8596a" {
  path          = "acme-ml/prod"
  type          = "vm"
  datacenter_id = data.vsphere_datacenter.ams1.id
  tags          = [data.vsphere_tag.mlgen_acme_ml_folder_acme_ml_prod__28d74c.id]

  lifecycle {
    prevent_destroy = true
  }
}
