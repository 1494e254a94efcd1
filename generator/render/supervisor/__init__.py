"""The Supervisor by REST: what Terraform has no argument for."""
