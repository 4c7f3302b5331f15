resource "aws_db_subnet_group" "this" {
  name        = "${local.prefix}-database"
  description = "Database of ${var.project} ${var.environment}"
  subnet_ids  = [for subnet in aws_subnet.private : subnet.id]
  tags        = { Component = "database" }
}

resource "aws_db_parameter_group" "this" {
  name        = "${local.prefix}-database"
  description = "Database of ${var.project} ${var.environment}"
  family      = "postgres15"
  tags        = { Component = "database" }

  dynamic "parameter" {
    for_each = {
      "rds.force_ssl"                       = "1"
      "log_min_duration_statement"          = "1000"
      "idle_in_transaction_session_timeout" = "60000"
      "max_connections"                     = "100"
    }

    content {
      name  = parameter.key
      value = parameter.value
      # As Groundwork's module sets them; the static max_connections takes no other.
      apply_method = "pending-reboot"
    }
  }
}

resource "aws_db_instance" "this" {
  identifier                          = "${local.prefix}-database"
  engine                              = "postgres"
  engine_version                      = "15"
  instance_class                      = var.database_instance_class
  db_name                             = "app"
  username                            = local.secret_constants.database.username
  password_wo                         = jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string).password
  password_wo_version                 = local.secret_version
  storage_type                        = "gp3"
  allocated_storage                   = var.database_storage
  max_allocated_storage               = 100
  storage_encrypted                   = true
  kms_key_id                          = aws_kms_key.this.arn
  multi_az                            = var.database_multi_az
  publicly_accessible                 = false
  db_subnet_group_name                = aws_db_subnet_group.this.name
  parameter_group_name                = aws_db_parameter_group.this.name
  vpc_security_group_ids              = [aws_security_group.store["database"].id]
  backup_retention_period             = var.database_backup_retention
  backup_window                       = "02:00-03:00"
  maintenance_window                  = "sun:04:00-sun:05:00"
  auto_minor_version_upgrade          = true
  copy_tags_to_snapshot               = true
  deletion_protection                 = var.protected
  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]
  apply_immediately                   = true
  skip_final_snapshot                 = !var.protected
  final_snapshot_identifier           = var.protected ? "${local.prefix}-database-final" : null
  tags                                = { Component = "database" }

  lifecycle {
    # Minor upgrades and growth are AWS's, after the creation.
    ignore_changes = [engine_version, allocated_storage]
  }
}
