# Supervisor namespaces with the classes, libraries and policies that they may use.

resource "vsphere_namespace" "acme_ml_prod_all" {
  name             = "acme-ml-prod-all"
  supervisor       = var.supervisor_sup_ams1
  storage_policies = [data.vsphere_storage_policy.acme_ml_bulk.id, data.vsphere_storage_policy.acme_ml_nvme.id, data.vsphere_storage_policy.acme_ml_scratch.id]

  vm_service {
    content_libraries = [data.vsphere_content_library.vkr_ams1.id]
    vm_classes        = ["cpu-4x16-rc75713", "cpu-8x32-rbee0dc", "cpu-8x64-rb608a9", "h100-1-10c-r39dbaa", "h100-4-40c-rb9e770"]
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = var.supervisor_sup_ams1 == "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60"
      error_message = "The Supervisor differs from the one of the SiteInventory: render again first."
    }
  }
}
