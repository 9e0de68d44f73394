"""Many desktops at once: a Gymnasium vector env, and send and recv for whoever is ready."""

from cuagym.desktop.clock import ahead
from cuagym.vector.env import DesktopVectorEnv

__all__ = ["DesktopVectorEnv", "ahead"]
