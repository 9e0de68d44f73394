"""Small tasks for learners: always the same document, few instances, a step or two."""
