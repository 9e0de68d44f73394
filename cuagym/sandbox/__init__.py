"""Where a desktop's processes run: walls, a view of files, limits, and a way in.

    with start(root=Root(clock=True), limits=Limits(memory=1 << 30)) as sandbox:
        pid = sandbox.spawn(["Xvfb", ":0"])

`start` makes a `Sandbox` by runc (root) or bubblewrap (everybody else); both show the same `Root`.
"""

from cuagym.sandbox.backends import (
    check_backend,
    pick,
    promises,
    recipe,
    restore,
    start,
    unfreezable,
)
from cuagym.sandbox.disposal import settle as wait_for_disposal
from cuagym.sandbox.image import Image, stamp
from cuagym.sandbox.root import Limits, Root
from cuagym.sandbox.run import Completed
from cuagym.sandbox.sandbox import Sandbox

__all__ = [
    "Completed",
    "Image",
    "Limits",
    "Root",
    "Sandbox",
    "check_backend",
    "pick",
    "promises",
    "recipe",
    "restore",
    "stamp",
    "start",
    "unfreezable",
    "wait_for_disposal",
]
