"""The screen: the only part that knows Textual. Import its modules only when the application starts."""
