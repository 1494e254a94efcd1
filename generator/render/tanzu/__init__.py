"""VKS clusters: Cluster API objects with a managed topology."""
