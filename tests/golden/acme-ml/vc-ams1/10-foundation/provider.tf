# Server, user and password come from VSPHERE_SERVER, VSPHERE_USER and VSPHERE_PASSWORD.
# TLS is verified unless VSPHERE_ALLOW_UNVERIFIED_SSL says otherwise.
provider "vsphere" {}
