"""What a month of an environment costs, by the sizes that its inventory declares."""
