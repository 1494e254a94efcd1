# Rendered by mlgen: change the blueprint, not this file.
# The state of this root can hold what a vCenter administrator can see: keep it in a private backend.
terraform {
  required_version = ">= 1.9.0"

  required_providers {
    vsphere = {
      source  = "vmware/vsphere"
      version = "2.16.1"
    }
  }

  # Partial configuration: terraform init -backend-config=<file>, by reference tfstate-ams1.
  backend "s3" {
    key = "acme-ml/vc-ams1/20-classes.tfstate"
  }
}
