"""The as-built report."""
