"""What makes a placement true whoever comes and goes: rules, reservations and their simulation."""
