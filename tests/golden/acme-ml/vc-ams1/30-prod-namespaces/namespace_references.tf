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
      error_message = "This vCenter shows no such policy: apply 10-foundation and storage/policies.ps1 first, or ask its owner."
    }
  }
}

data "vsphere_storage_policy" "acme_ml_nvme" {
  name = "acme-ml-nvme"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "This vCenter shows no such policy: apply 10-foundation and storage/policies.ps1 first, or ask its owner."
    }
  }
}

data "vsphere_storage_policy" "acme_ml_scratch" {
  name = "acme-ml-scratch"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "This vCenter shows no such policy: apply 10-foundation and storage/policies.ps1 first, or ask its owner."
    }
  }
}
