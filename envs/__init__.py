"""The first-party application adapters, laid out as a contributor's would be."""
