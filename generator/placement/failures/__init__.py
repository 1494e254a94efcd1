"""What a plan loses with a host, a GPU or a site, and what starts again where."""
