"""One screen with keyboard and mouse, living on application time."""
