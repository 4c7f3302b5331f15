locals {
  load_balancer_tags = { Component = "load_balancer" }

  # One service has no paths and takes the rest.
  default_service = one([for name, service in var.services : name if length(service.paths) == 0])
  routed_services = [for name, service in var.services : name if length(service.paths) > 0]

  targets = {
    for pair in setproduct(keys(var.services), keys(local.instances)) : join(" ", pair) => pair
  }
}

resource "aws_lb_target_group" "this" {
  for_each = var.services

  name                 = "${local.prefix}-${each.key}"
  vpc_id               = aws_vpc.this.id
  protocol             = "HTTP"
  port                 = each.value.port
  deregistration_delay = 30
  tags                 = local.load_balancer_tags

  health_check {
    path                = each.value.health_path
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 2
    matcher             = "200"
  }
}

resource "aws_lb_target_group_attachment" "this" {
  for_each = local.targets

  target_group_arn = aws_lb_target_group.this[each.value[0]].arn
  target_id        = aws_instance.app[each.value[1]].id
}

resource "aws_lb" "this" {
  name                       = local.prefix
  load_balancer_type         = "application"
  internal                   = false
  subnets                    = [for subnet in aws_subnet.public : subnet.id]
  security_groups            = [aws_security_group.load_balancer.id]
  idle_timeout               = 60
  drop_invalid_header_fields = true
  desync_mitigation_mode     = "defensive"
  enable_deletion_protection = var.protected
  tags                       = local.load_balancer_tags

  access_logs {
    enabled = true
    bucket  = aws_s3_bucket.access_logs.id
  }

  # AWS writes a test object when access logs are switched on.
  depends_on = [aws_s3_bucket_policy.access_logs]
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTP"
  port              = 80

  default_action {
    type = "redirect"

    redirect {
      protocol    = "HTTPS"
      port        = "443"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  protocol          = "HTTPS"
  port              = 443
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
  certificate_arn   = aws_acm_certificate_validation.this.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[local.default_service].arn
  }
}

resource "aws_lb_listener_rule" "service" {
  for_each = toset(local.routed_services)

  listener_arn = aws_lb_listener.https.arn
  priority     = index(local.routed_services, each.key) + 1

  condition {
    path_pattern {
      values = var.services[each.key].paths
    }
  }

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }
}
