"""From what a workload is to what it needs, each figure with its rule and source."""
