# Supervisor namespaces with the classes, libraries and policies that they may use.

resource "vsphere_namespace" "acme_ml_dev_ml_eng" {
  name             = "acme-ml-dev-ml-eng"
  supervisor       = var.supervisor_sup_ams1
  storage_policies = [data.vsphere_storage_policy.acme_ml_bulk.id, data.vsphere_storage_policy.acme_ml_nvme.id, data.vsphere_storage_policy.acme_ml_scratch.id]

  vm_service {
    content_libraries = [data.vsphere_content_library.vkr_ams1.id]
    vm_classes        = ["cpu-4x16-r63068f", "h100-2x80c-rb22533", "h100-40c-r10da02"]
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = var.supervisor_sup_ams1 == "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60"
      error_message = "The Supervisor differs from the one of the SiteInventory: render again first."
    }
  }
}

resource "vsphere_namespace" "acme_ml_dev_research" {
  name             = "acme-ml-dev-research"
  supervisor       = var.supervisor_sup_ams1
  storage_policies = [data.vsphere_storage_policy.acme_ml_bulk.id, data.vsphere_storage_policy.acme_ml_nvme.id, data.vsphere_storage_policy.acme_ml_scratch.id]

  vm_service {
    content_libraries = [data.vsphere_content_library.vkr_ams1.id]
    vm_classes        = ["cpu-4x16-r63068f", "h100-10c-r7bfd4b", "h100-20c-r752635"]
  }

  lifecycle {
    prevent_destroy = true

    precondition {
      condition     = var.supervisor_sup_ams1 == "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60"
      error_message = "The Supervisor differs from the one of the SiteInventory: render again first."
    }
  }
}
