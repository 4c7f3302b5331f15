"""Operators' permissions: recorded API calls become IAM policies, and are judged by them."""
