"""The data of a whole blueprint: every dataset, store and registry with its size, tier and rate."""
