# VM folders that this platform owns.

resource "vsphere_folder" "acme_ml_dev__a65e5b" {
  path          = "acme-ml/dev"
  type          = "vm"
  datacenter_id = data.vsphere_datacenter.ams1.id
  tags          = [data.vsphere_tag.mlgen_acme_ml_folder_acme_ml_dev__53b7f3.id]

  lifecycle {
    prevent_destroy = true
  }
}
