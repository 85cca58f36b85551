"""Computational graphs and backpropagation, taught in the terminal."""

__version__ = "0.1.0"
