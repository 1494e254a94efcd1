"""Which device, which profile and which host carry each demand, and what makes it true."""
