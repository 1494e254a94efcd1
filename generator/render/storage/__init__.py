"""Storage policies that Terraform cannot say."""
