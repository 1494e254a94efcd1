"""Serving: what a model takes on a GPU, how many sessions it holds and how fast it answers."""
