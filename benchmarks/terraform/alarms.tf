# The list is the project's own, so that the two cannot differ by a word of a description.
locals {
  alarms_list = yamldecode(file("${path.module}/alarms.yml")).alarms_list

  alarm_balancer = { LoadBalancer = aws_lb.this.arn_suffix }
  alarm_subjects = {
    instance      = { for name, one in aws_instance.app : trimprefix(name, "${local.prefix}-") => { InstanceId = one.id } }
    database      = { "" = { DBInstanceIdentifier = aws_db_instance.this.identifier } }
    replica       = {}
    cache_node    = { for n in range(1, var.cache_replicas + 2) : format("%03d", n) => { CacheClusterId = format("%s-cache-%03d", local.prefix, n) } }
    load_balancer = { "" = local.alarm_balancer }
    target_group  = { for name, one in aws_lb_target_group.this : name => merge(local.alarm_balancer, { TargetGroup = one.arn_suffix }) }
    certificate   = { "" = { CertificateArn = aws_acm_certificate.this.arn } }
    backup_vault  = {}
  }
  alarm_comparisons = {
    ">"  = "GreaterThanThreshold"
    ">=" = "GreaterThanOrEqualToThreshold"
    "<"  = "LessThanThreshold"
    "<=" = "LessThanOrEqualToThreshold"
  }
  alarm_amounts = {
    max_connections = 100
    storage         = var.database_storage * 1024 * 1024 * 1024
  }
  alarm_kinds = { for name, one in local.alarms_list : name => one if !contains(keys(one), "rule") }
  # Subjects are spelled out, since their ids are unknown in a first plan and keys must not be.
  alarm_pairs = merge([
    for name, one in local.alarm_kinds : {
      for label, dimensions in local.alarm_subjects[one.watches] :
      trimsuffix("${local.prefix}-${replace(name, "_", "-")}-${label}", "-") => {
        kind       = name
        one        = one
        dimensions = merge(dimensions, try(one.dimensions, {}))
      }
    }
  ]...)
  alarm_members = {
    for name in keys(local.alarm_kinds) : name => [for full, pair in local.alarm_pairs : "ALARM(\"${full}\")" if pair.kind == name]
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarm_pairs

  alarm_name          = each.key
  alarm_description   = each.value.one.description
  comparison_operator = local.alarm_comparisons[each.value.one.comparison]
  threshold           = try(local.alarm_amounts[each.value.one.threshold.of] * each.value.one.threshold.percent / 100, tonumber(each.value.one.threshold))
  evaluation_periods  = try(each.value.one.periods, 1)
  datapoints_to_alarm = try(each.value.one.periods, 1)
  treat_missing_data  = each.value.one.missing
  alarm_actions       = try(each.value.one.notify, true) ? [aws_sns_topic.notifications.arn] : []
  ok_actions          = try(each.value.one.notify, true) ? [aws_sns_topic.notifications.arn] : []
  tags                = { Component = "alarms" }

  namespace          = can(each.value.one.expression) ? null : replace(each.value.one.namespace, "{{ metrics_namespace }}", "${var.project}/${var.environment}")
  metric_name        = can(each.value.one.expression) ? null : each.value.one.metric
  statistic          = can(each.value.one.expression) || startswith(each.value.one.statistic, "p") ? null : each.value.one.statistic
  extended_statistic = startswith(each.value.one.statistic, "p") ? each.value.one.statistic : null
  period             = can(each.value.one.expression) ? null : each.value.one.period
  dimensions         = can(each.value.one.expression) ? null : each.value.dimensions

  dynamic "metric_query" {
    for_each = try(each.value.one.metrics, {})

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = each.value.one.namespace
        metric_name = metric_query.value
        period      = each.value.one.period
        stat        = each.value.one.statistic
        dimensions  = each.value.dimensions
      }
    }
  }

  dynamic "metric_query" {
    for_each = can(each.value.one.expression) ? [each.value.one] : []

    content {
      id          = "value"
      expression  = metric_query.value.expression
      label       = metric_query.value.label
      return_data = true
    }
  }
}

resource "aws_cloudwatch_composite_alarm" "service_down" {
  alarm_name        = "${local.prefix}-service-down"
  alarm_description = local.alarms_list.service_down.description
  alarm_actions     = [aws_sns_topic.notifications.arn]
  ok_actions        = [aws_sns_topic.notifications.arn]
  tags              = { Component = "alarms" }

  alarm_rule = join("", [
    "(${join(" OR ", local.alarm_members.targets_none)}) OR ",
    "(${local.alarm_members.load_balancer_errors[0]} AND ${local.alarm_members.load_balancer_error_rate[0]})",
  ])

  depends_on = [aws_cloudwatch_metric_alarm.this]
}
