"""Snapshots of an env: everything that is so at one moment, from which copies go on."""

from cuagym.snapshot.state import Snapshot, claim, fork

__all__ = ["Snapshot", "claim", "fork"]
