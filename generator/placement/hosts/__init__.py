"""What hosts have: their GPUs and links, NUMA nodes, NVMe and ports, and what is left of each."""
