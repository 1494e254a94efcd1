# Content libraries and storage policies of others or of earlier roots: looked up, never changed.

data "vsphere_content_library" "vkr_ams1" {
  name = "vkr-ams1"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "The SiteInventory names a content library that this vCenter does not show."
    }
  }
}

data "vsphere_storage_policy" "acme_ml_bulk" {
  name = "acme-ml-bulk"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "This vCenter shows no such policy: apply 10-foundation first, or ask its owner."
    }
  }
}
