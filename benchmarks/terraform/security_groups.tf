locals {
  security_group_tags = { Component = "security_groups" }
  service_ports       = [for service in var.services : service.port]

  stores = {
    database = { port = 5432, description = "PostgreSQL from the app hosts only" }
    cache    = { port = 6379, description = "Redis from the app hosts only" }
  }
}

# Rules inside the groups: one that somebody else added is found, as Groundwork finds it.
resource "aws_security_group" "load_balancer" {
  name        = "${local.prefix}-load-balancer"
  description = "Load balancer, HTTP and HTTPS from the internet"
  vpc_id      = aws_vpc.this.id
  tags        = merge(local.security_group_tags, { Name = "${local.prefix}-load-balancer" })

  dynamic "ingress" {
    for_each = [80, 443]

    content {
      description = "HTTP (redirected) and HTTPS from the internet"
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = ["0.0.0.0/0"]
    }
  }

  dynamic "egress" {
    for_each = local.service_ports

    content {
      description = "Requests and health checks to the app hosts"
      protocol    = "tcp"
      from_port   = egress.value
      to_port     = egress.value
      cidr_blocks = [var.network_cidr]
    }
  }
}

resource "aws_security_group" "app" {
  name        = "${local.prefix}-app"
  description = "App hosts, from the load balancer only, SSH from listed ranges"
  vpc_id      = aws_vpc.this.id
  tags        = merge(local.security_group_tags, { Name = "${local.prefix}-app" })

  dynamic "ingress" {
    for_each = local.service_ports

    content {
      description     = "Requests and health checks from the load balancer"
      protocol        = "tcp"
      from_port       = ingress.value
      to_port         = ingress.value
      security_groups = [aws_security_group.load_balancer.id]
    }
  }

  dynamic "ingress" {
    for_each = length(var.ssh_allowed_cidrs) > 0 ? [22] : []

    content {
      description = "SSH from listed ranges"
      protocol    = "tcp"
      from_port   = 22
      to_port     = 22
      cidr_blocks = var.ssh_allowed_cidrs
    }
  }

  egress {
    description = "Packages, images, AWS"
    protocol    = "-1"
    from_port   = 0
    to_port     = 0
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_security_group" "store" {
  for_each = local.stores

  name        = "${local.prefix}-${each.key}"
  description = each.value.description
  vpc_id      = aws_vpc.this.id
  egress      = []
  tags        = merge(local.security_group_tags, { Name = "${local.prefix}-${each.key}" })

  ingress {
    description     = "From the app hosts"
    protocol        = "tcp"
    from_port       = each.value.port
    to_port         = each.value.port
    security_groups = [aws_security_group.app.id]
  }
}

# What is started without a group is in this one.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
}
