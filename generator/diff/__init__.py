"""Desired state against observed state: missing, changed, unmanaged, unreadable. Pure."""
