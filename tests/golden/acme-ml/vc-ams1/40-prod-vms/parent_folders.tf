# The platform's own folder, which root 10-foundation creates.

data "vsphere_folder" "ams1_vm_acme_ml__7990c3" {
  path = "/ams1/vm/acme-ml"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "Apply root 10-foundation first: it creates this folder."
    }
  }
}
