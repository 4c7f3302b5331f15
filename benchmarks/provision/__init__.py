"""How long Groundwork, the same without warm Pythons, and Terraform take for equal resources."""
