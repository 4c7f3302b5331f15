"""Pages and pictures made from the project's own files, for scripts/docs and architecture."""
