# Tags of others: looked up, never changed.

data "vsphere_tag_category" "mlgen" {
  name = "mlgen"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "The SiteInventory names a tag category that this vCenter does not show."
    }
  }
}

data "vsphere_tag" "mlgen_acme_ml_folder_acme_ml_prod" {
  name        = "acme-ml/folder/acme-ml/prod"
  category_id = data.vsphere_tag_category.mlgen.id

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "The SiteInventory names a tag that this vCenter does not show."
    }
  }
}
