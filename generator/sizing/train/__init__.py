"""Training and fine-tuning: the memory that each GPU needs, the time, and layouts that fit."""
