"""Groundwork's lab: AWS on the desk. The emulated control plane, and real everything else."""
