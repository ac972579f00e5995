"""What tasks are described with."""
