"""From demands to spots: one try, the best of several, and what makes a try better."""
