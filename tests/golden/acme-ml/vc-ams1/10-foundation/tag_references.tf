# Tags that are looked up here and never changed.

data "vsphere_tag_category" "ml_tier" {
  name = "ml-tier"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "The SiteInventory names what this vCenter does not show."
    }
  }
}

data "vsphere_tag" "ml_tier_bulk__2df1aa" {
  name        = "bulk"
  category_id = data.vsphere_tag_category.ml_tier.id

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "The SiteInventory names what this vCenter does not show."
    }
  }
}
