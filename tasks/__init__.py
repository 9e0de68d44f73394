"""The first-party task packs, laid out as a contributor's would be."""
