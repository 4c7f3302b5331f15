"""What a deploy costs those who use the application meanwhile: failed requests, and time."""
