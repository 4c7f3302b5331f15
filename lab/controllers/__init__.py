"""Controllers: each keeps one kind of real thing in step with the emulator's records."""
