"""The proof of tasks: what `cuagym check` runs, and a pytest plugin that runs the same.

conformance.py   what is proven of one family at one seed
episodes.py      turns played in an env, to the end
told.py          is the agent told what it is judged by?
resave.py        documents as other programs store them
mutants.py       documents spoilt at random places
workers.py       proofs in processes of their own, several at once
corpus.py        end states kept beside the pack, and graded again
report.py        what came of it, by family
team.py          what is proven of a family for several agents
plugin.py        the pytest plugin
"""

from cuagym.testing.conformance import Proof, prove

__all__ = ["Proof", "prove"]
