"""What moves between accelerators and hosts, how long it takes and which fabric carries it."""
