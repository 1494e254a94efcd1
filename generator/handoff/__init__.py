"""Documents for the people who carry a plan out."""
