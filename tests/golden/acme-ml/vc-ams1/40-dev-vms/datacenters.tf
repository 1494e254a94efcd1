# Datacenters of others: looked up, never changed.

data "vsphere_datacenter" "ams1" {
  name = "ams1"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "The SiteInventory names a datacenter that this vCenter does not show."
    }
  }
}
