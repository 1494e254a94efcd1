"""The supply side as typed facts: sites, hosts, devices, networks, storage, occupancy."""
