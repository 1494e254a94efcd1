# VM classes with at most one vGPU. A class is immutable: a change is a new class with a new name.

resource "vsphere_virtual_machine_class" "cpu_4x16_r63068f" {
  name               = "cpu-4x16-r63068f"
  cpus               = 4
  memory             = 16384
  cpu_reservation    = 0
  memory_reservation = 0
  vgpu_devices       = []

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "cpu_4x16_rc75713" {
  name               = "cpu-4x16-rc75713"
  cpus               = 4
  memory             = 16384
  cpu_reservation    = 100
  memory_reservation = 100
  vgpu_devices       = []

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "cpu_8x32_rbee0dc" {
  name               = "cpu-8x32-rbee0dc"
  cpus               = 8
  memory             = 32768
  cpu_reservation    = 0
  memory_reservation = 0
  vgpu_devices       = []

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "cpu_8x64_rb608a9" {
  name               = "cpu-8x64-rb608a9"
  cpus               = 8
  memory             = 65536
  cpu_reservation    = 0
  memory_reservation = 0
  vgpu_devices       = []

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "h100_1_10c_r39dbaa" {
  name               = "h100-1-10c-r39dbaa"
  cpus               = 4
  memory             = 43008
  cpu_reservation    = 100
  memory_reservation = 100
  vgpu_devices       = ["nvidia_h100-1-10c"]

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "h100_10c_r7bfd4b" {
  name               = "h100-10c-r7bfd4b"
  cpus               = 4
  memory             = 41984
  cpu_reservation    = 0
  memory_reservation = 100
  vgpu_devices       = ["nvidia_h100-10c"]

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "h100_20c_r752635" {
  name               = "h100-20c-r752635"
  cpus               = 4
  memory             = 40960
  cpu_reservation    = 0
  memory_reservation = 100
  vgpu_devices       = ["nvidia_h100-20c"]

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "h100_4_40c_rb9e770" {
  name               = "h100-4-40c-rb9e770"
  cpus               = 4
  memory             = 73728
  cpu_reservation    = 100
  memory_reservation = 100
  vgpu_devices       = ["nvidia_h100-4-40c"]

  lifecycle {
    prevent_destroy = true
  }
}

resource "vsphere_virtual_machine_class" "h100_40c_r10da02" {
  name               = "h100-40c-r10da02"
  cpus               = 4
  memory             = 81920
  cpu_reservation    = 0
  memory_reservation = 100
  vgpu_devices       = ["nvidia_h100-40c"]

  lifecycle {
    prevent_destroy = true
  }
}
