"""What components asked AWS when nothing was to be done, and whether the same answers come again (docs/traces.md)."""
