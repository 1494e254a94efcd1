"""The desired state: what vCenter, the Supervisor and Kubernetes should show."""
