"""One module a command: its options, and the call of what does the work. Heavy libraries are imported inside."""
