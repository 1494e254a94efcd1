"""The way from what runs today to a plan."""
