locals {
  secret_fields = {
    database = ["password"]
    cache    = ["token"]
    jwt      = ["key"]
    oauth    = ["client_id", "client_secret"]
  }
  secret_constants = { database = { username = "app" } }
  generated        = toset(flatten([for name, fields in local.secret_fields : [for field in fields : "${name}.${field}"]]))

  # A higher number makes all values anew: write-only values have no other trace in the state.
  secret_version = 1
}

# Never in the state, unlike random_password and the data source of the same name.
ephemeral "aws_secretsmanager_random_password" "this" {
  for_each = local.generated

  password_length     = 40
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "this" {
  for_each = local.secret_fields

  name                    = "${local.secret_prefix}/${each.key}"
  description             = "${each.key} of ${var.project} ${var.environment}"
  kms_key_id              = aws_kms_key.this.arn
  recovery_window_in_days = var.protected ? 7 : 0
  tags                    = { Component = "secrets" }
}

resource "aws_secretsmanager_secret_version" "this" {
  for_each = local.secret_fields

  secret_id                = aws_secretsmanager_secret.this[each.key].id
  secret_string_wo_version = local.secret_version
  secret_string_wo = jsonencode(merge(
    lookup(local.secret_constants, each.key, {}),
    { for field in each.value : field => ephemeral.aws_secretsmanager_random_password.this["${each.key}.${field}"].random_password }
  ))
}

# A replication group takes no write-only token, so this one value does stand in the state.
data "aws_secretsmanager_secret_version" "cache" {
  secret_id = aws_secretsmanager_secret_version.this["cache"].secret_id
}

ephemeral "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret_version.this["database"].secret_id
}
