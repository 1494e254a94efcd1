"""The VM around the accelerators: CPUs, memory, address windows, disks and licences."""
