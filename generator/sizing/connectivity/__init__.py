"""The network of a whole blueprint: flows over links, transfers and their price, IP addresses."""
