"""Nothing without effect: every property of the language changes something that is rendered."""
