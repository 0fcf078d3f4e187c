"""What editors do: pure transitions and checks."""
