resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(concat(keys(var.services), ["host"]))

  name              = "${local.log_group_prefix}/${each.key}"
  retention_in_days = var.logs_retention
  tags              = { Component = "logs" }
}
