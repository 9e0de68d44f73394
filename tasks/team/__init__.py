"""The team pack: tasks for two agents, each with an application of its own."""
