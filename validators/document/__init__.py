"""Checks of a text document. A module of this folder holds validators of one kind."""
