resource "aws_cloudwatch_log_metric_filter" "error_lines" {
  for_each = var.services

  name           = "error-lines"
  log_group_name = aws_cloudwatch_log_group.this[each.key].name
  pattern        = "?ERROR ?FATAL ?Exception ?\"\\\"level\\\":\\\"error\\\"\" ?\"\\\"level\\\":\\\"fatal\\\"\" ?\"\\\"level\\\":50\" ?\"\\\"level\\\":60\""

  metric_transformation {
    namespace     = "${var.project}/${var.environment}"
    name          = "ErrorLines-${each.key}"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  for_each = toset(concat(keys(var.services), ["host"]))

  name              = "${local.log_group_prefix}/${each.key}"
  retention_in_days = var.logs_retention
  tags              = { Component = "logs" }
}
