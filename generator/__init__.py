"""mlgen: infrastructure as code for machine-learning platforms on vSphere and Tanzu."""

__version__ = "0.1.0"
