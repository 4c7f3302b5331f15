"""The same environment in Terraform, so that Groundwork can be measured beside it."""
