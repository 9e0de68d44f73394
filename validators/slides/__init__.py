"""Checks of a presentation. A module of this folder holds validators of one kind."""
