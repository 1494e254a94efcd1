# Resources of earlier releases: Terraform lets go of them and destroys nothing. Whoever owns what
# is inside them retires them by hand.

removed {
  from = terraform_data.kept

  lifecycle {
    destroy = false
  }
}
