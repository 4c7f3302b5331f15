# The body is written by dashboard.py, with Groundwork's own filter: the tools are compared, not two ways to spell one text.
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = local.prefix
  dashboard_body = templatefile("${path.module}/dashboard.tftpl", merge(
    { load_balancer = aws_lb.this.arn_suffix },
    { for name, one in aws_lb_target_group.this : "target_group_${name}" => one.arn_suffix },
    { for name, one in aws_instance.app : "instance_${trimprefix(name, "${local.prefix}-app-")}" => one.id },
  ))
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = yamldecode(file("${path.module}/alarms.yml")).dashboard_queries

  name            = "${var.project}/${var.environment}/${each.key}"
  query_string    = trimspace(each.value)
  log_group_names = [for name in keys(var.services) : aws_cloudwatch_log_group.this[name].name]
}
