"""Terraform: root modules by blast radius (F6), one state each."""
