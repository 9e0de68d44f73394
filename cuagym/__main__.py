"""`python -m cuagym`: the command line, of the interpreter that is meant."""

from __future__ import annotations

import sys

from cuagym.cli import main

sys.exit(main())
