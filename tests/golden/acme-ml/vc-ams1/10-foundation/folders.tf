# VM folders that this platform owns.

resource "vsphere_folder" "acme_ml" {
  path          = "acme-ml"
  type          = "vm"
  datacenter_id = data.vsphere_datacenter.ams1.id
  tags          = [vsphere_tag.mlgen_release.id, vsphere_tag.mlgen_acme_ml_folder_acme_ml__a8f7c2.id]

  lifecycle {
    prevent_destroy = true
  }
}
