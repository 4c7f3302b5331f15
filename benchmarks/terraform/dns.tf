resource "aws_route53_zone" "this" {
  name    = var.hostname
  comment = "${var.project} ${var.environment}"
  tags    = { Component = "zone" }
}

resource "aws_route53_record" "load_balancer" {
  zone_id = aws_route53_zone.this.zone_id
  name    = var.hostname
  type    = "A"

  alias {
    zone_id                = aws_lb.this.zone_id
    name                   = aws_lb.this.dns_name
    evaluate_target_health = true
  }
}
