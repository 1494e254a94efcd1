# Tag categories and tags that this platform owns.

resource "vsphere_tag_category" "mlgen_release" {
  name             = "mlgen-release"
  description      = "mlgen:acme-ml/tag-category/mlgen-release"
  cardinality      = "SINGLE"
  associable_types = ["Folder"]

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_tag_category" "mlgen" {
  name             = "mlgen"
  description      = "mlgen:acme-ml/tag-category/mlgen"
  cardinality      = "SINGLE"
  associable_types = ["Folder", "ResourcePool", "VirtualMachine"]

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_tag" "mlgen_release" {
  name        = "acme-ml-7"
  description = "mlgen:acme-ml/release"
  category_id = vsphere_tag_category.mlgen_release.id
}

resource "vsphere_tag" "mlgen_acme_ml_folder_acme_ml__a8f7c2" {
  name        = "acme-ml/folder/acme-ml"
  description = "mlgen:acme-ml/folder/acme-ml"
  category_id = vsphere_tag_category.mlgen.id
}

resource "vsphere_tag" "mlgen_acme_ml_folder_acme_ml_dev__53b7f3" {
  name        = "acme-ml/folder/acme-ml/dev"
  description = "mlgen:acme-ml/folder/acme-ml/dev"
  category_id = vsphere_tag_category.mlgen.id
}

resource "vsphere_tag" "mlgen_acme_ml_folder_acme_ml_prod__28d74c" {
  name        = "acme-ml/folder/acme-ml/prod"
  description = "mlgen:acme-ml/folder/acme-ml/prod"
  category_id = vsphere_tag_category.mlgen.id
}
