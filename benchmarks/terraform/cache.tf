resource "aws_elasticache_subnet_group" "this" {
  name        = "${local.prefix}-cache"
  description = "Cache of ${var.project} ${var.environment}"
  subnet_ids  = [for subnet in aws_subnet.private : subnet.id]
  tags        = { Component = "cache" }
}

resource "aws_elasticache_parameter_group" "this" {
  name        = "${local.prefix}-cache"
  description = "Cache of ${var.project} ${var.environment}"
  family      = "redis7"
  tags        = { Component = "cache" }

  dynamic "parameter" {
    for_each = {
      appendonly       = "yes"
      maxmemory-policy = "allkeys-lru"
    }

    content {
      name  = parameter.key
      value = parameter.value
    }
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = "${local.prefix}-cache"
  description                = "Cache of ${var.project} ${var.environment}"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = var.cache_node_type
  num_cache_clusters         = var.cache_replicas + 1
  automatic_failover_enabled = var.cache_replicas > 0
  multi_az_enabled           = var.cache_replicas > 0
  port                       = 6379
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  security_group_ids         = [aws_security_group.store["cache"].id]
  auth_token                 = jsondecode(data.aws_secretsmanager_secret_version.cache.secret_string).token
  at_rest_encryption_enabled = true
  transit_encryption_enabled = true
  kms_key_id                 = aws_kms_key.this.arn
  maintenance_window         = "sun:05:00-sun:06:00"
  snapshot_window            = "03:00-04:00"
  snapshot_retention_limit   = var.cache_snapshot_retention
  apply_immediately          = true
  tags                       = { Component = "cache" }
}
