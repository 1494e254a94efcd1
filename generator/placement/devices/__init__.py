"""What one GPU can carry: modes, places, sizes, and what any order of arrival strands on it."""
