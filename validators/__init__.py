"""Checks by kind of artefact; each module is an entry point of the group `cuagym.validators`."""
