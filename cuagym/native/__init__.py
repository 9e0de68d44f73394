"""The C sources (application time, the sandbox's first process, images) and their compiler."""
