"""What can be asked of a manager, without I/O."""
