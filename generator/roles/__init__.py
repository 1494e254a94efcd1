"""Least privileges: who must hold what in vCenter, derived from what is rendered and read."""
