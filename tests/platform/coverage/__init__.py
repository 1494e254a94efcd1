"""The coverage contract against the desired states and files of shipped blueprints."""
