# Storage policies that pick datastores by tag.

resource "vsphere_vm_storage_policy" "acme_ml_bulk" {
  name        = "acme-ml-bulk"
  description = "mlgen:acme-ml/storage-policy/acme-ml-bulk"

  tag_rules {
    tag_category                 = data.vsphere_tag_category.ml_tier.name
    tags                         = [data.vsphere_tag.ml_tier_bulk__2df1aa.name]
    include_datastores_with_tags = true
  }

  lifecycle {
    prevent_destroy = true
  }
}
