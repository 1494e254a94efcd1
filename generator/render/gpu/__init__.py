"""The GPU layer: settings of hosts, clusters and vCenter, as data, script and checklist."""
