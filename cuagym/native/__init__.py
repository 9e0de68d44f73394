"""The C sources of application time and of the sandbox's first process, and their compiler."""
