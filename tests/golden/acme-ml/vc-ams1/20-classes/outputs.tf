# What later roots and people look up.

output "vm_class_ids" {
  description = "Ids of the VM classes."
  value = {
    cpu_4x16_r63068f   = vsphere_virtual_machine_class.cpu_4x16_r63068f.id
    cpu_4x16_rc75713   = vsphere_virtual_machine_class.cpu_4x16_rc75713.id
    cpu_8x32_rbee0dc   = vsphere_virtual_machine_class.cpu_8x32_rbee0dc.id
    cpu_8x64_rb608a9   = vsphere_virtual_machine_class.cpu_8x64_rb608a9.id
    h100_1_10c_r39dbaa = vsphere_virtual_machine_class.h100_1_10c_r39dbaa.id
    h100_10c_r7bfd4b   = vsphere_virtual_machine_class.h100_10c_r7bfd4b.id
    h100_20c_r752635   = vsphere_virtual_machine_class.h100_20c_r752635.id
    h100_4_40c_rb9e770 = vsphere_virtual_machine_class.h100_4_40c_rb9e770.id
    h100_40c_r10da02   = vsphere_virtual_machine_class.h100_40c_r10da02.id
  }
}
