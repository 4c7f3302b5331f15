# The provider of this version knows no filter expressions, so this one counts by the older cost filters.
resource "aws_budgets_budget" "main" {
  name         = local.prefix
  budget_type  = "COST"
  limit_amount = tostring(var.cost_budget)
  limit_unit   = "USD"
  time_unit    = "MONTHLY"

  cost_filter {
    name = "TagKeyValue"
    values = [
      format("user:Environment$%s", var.environment),
      format("user:Project$%s", var.project),
    ]
  }

  dynamic "notification" {
    for_each = { ACTUAL = 80, FORECASTED = 100 }
    content {
      comparison_operator        = "GREATER_THAN"
      notification_type          = notification.key
      threshold                  = notification.value
      threshold_type             = "PERCENTAGE"
      subscriber_email_addresses = var.budget_emails
    }
  }

  tags = { Component = "budget" }
}
