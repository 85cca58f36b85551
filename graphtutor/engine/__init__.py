"""From a graph and inputs to a run: every value, every contribution, every gradient.

Nothing is imported here: a graph that is only run needs neither eager values nor compilers.
"""
