"""Data: how much there is, how it is protected, how fast it is read, and where it belongs."""
