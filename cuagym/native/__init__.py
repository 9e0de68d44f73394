"""The C sources of application time and of the sandbox's first process, and how they are compiled."""
