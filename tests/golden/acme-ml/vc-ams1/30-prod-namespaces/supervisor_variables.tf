# A Supervisor has no data source: its id is a fact of the SiteInventory.

variable "supervisor_sup_ams1" {
  description = "Id of the Supervisor that the SiteInventory calls by this name."
  type        = string
  default     = "5f7a0c9e-2d41-4e0f-8a55-1c2b3d4e5f60"

  validation {
    condition     = length(trimspace(var.supervisor_sup_ams1)) > 0
    error_message = "The id of the Supervisor must not be empty."
  }
}
