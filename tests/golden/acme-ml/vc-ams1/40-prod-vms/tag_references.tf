# Tags that are looked up here and never changed.

data "vsphere_tag_category" "mlgen" {
  name = "mlgen"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "Apply root 10-foundation first: it creates this."
    }
  }
}

data "vsphere_tag" "mlgen_acme_ml_folder_acme_ml_prod__28d74c" {
  name        = "acme-ml/folder/acme-ml/prod"
  category_id = data.vsphere_tag_category.mlgen.id

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "Apply root 10-foundation first: it creates this."
    }
  }
}
