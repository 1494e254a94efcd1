# The platform's own folder, which root 10-foundation creates.

data "vsphere_folder" "n_ams1_vm_acme_ml_974b89" {
  path = "/ams1/vm/acme-ml"

  lifecycle {
    postcondition {
      condition     = self.id != ""
      error_message = "Apply root 10-foundation first: it creates this folder."
    }
  }
}
