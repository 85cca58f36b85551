"""graphtutor."""
