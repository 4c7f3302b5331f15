# Who and what, as in group_vars/all/environment.yml and application.yml of an inventory.
variable "project" {
  type    = string
  default = "milky-way-admin-panel"
}

variable "environment" {
  type = string
}

variable "region" {
  type    = string
  default = "us-east-1"
}

variable "account_id" {
  type    = string
  default = "123456789012"
}

variable "hostname" {
  type = string
}

variable "extra_tags" {
  type = map(string)
  default = {
    CostCenter = "admin-panel"
    Owner      = "platform"
  }
}

variable "ssh_allowed_cidrs" {
  type    = list(string)
  default = ["203.0.113.0/24"]
}

variable "ssh_public_key" {
  type = string
}

variable "ci_repository" {
  type    = string
  default = "milky-way/admin-panel"
}

variable "ci_repository_id" {
  type    = string
  default = "987654321"
}

variable "notifications_emails" {
  type    = list(string)
  default = ["ops@milky-way.test"]
}

variable "services" {
  type = map(object({
    port        = number
    health_path = string
    paths       = list(string)
  }))
  default = {
    api = { port = 3000, health_path = "/health", paths = ["/api/*"] }
    web = { port = 3001, health_path = "/healthz", paths = [] }
  }
}

# How big, as in sizes.yml.
variable "protected" {
  type = bool
}

variable "network_cidr" {
  type = string
}

variable "network_zone_letters" {
  type    = list(string)
  default = ["a", "b"]
}

variable "network_nat_per_zone" {
  type = bool
}

variable "instances_count" {
  type = number
}

variable "instances_type" {
  type = string
}

variable "instances_disk_size" {
  type = number
}

variable "database_instance_class" {
  type = string
}

variable "database_storage" {
  type = number
}

variable "database_multi_az" {
  type = bool
}

variable "database_backup_retention" {
  type = number
}

variable "cache_node_type" {
  type = string
}

variable "cache_replicas" {
  type = number
}

variable "cache_snapshot_retention" {
  type = number
}

variable "logs_retention" {
  type = number
}

variable "cost_budget" {
  type = number
}

variable "budget_emails" {
  type    = list(string)
  default = ["platform@milky-way.test"]
}

locals {
  prefix           = "${var.project}-${var.environment}"
  secret_prefix    = "${var.project}/${var.environment}"
  log_group_prefix = "/${var.project}/${var.environment}"

  # Groundwork's own value of ManagedBy: with another one no two resources would compare as equal.
  tags = merge({
    Project     = var.project
    Environment = var.environment
    ManagedBy   = "ansible"
  }, var.extra_tags)
}
