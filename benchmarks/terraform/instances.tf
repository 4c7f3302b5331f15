locals {
  instances = {
    for number in range(1, var.instances_count + 1) : "${local.prefix}-app-${number}" =>
    var.network_zone_letters[(number - 1) % length(var.network_zone_letters)]
  }
}

data "aws_ami" "debian" {
  owners      = ["136693071363"]
  most_recent = true

  filter {
    name   = "name"
    values = ["debian-13-amd64-*"]
  }

  filter {
    name   = "state"
    values = ["available"]
  }
}

resource "aws_key_pair" "this" {
  key_name   = local.prefix
  public_key = var.ssh_public_key

  tags = {
    Component       = "instances"
    PublicKeySha256 = sha256(trimspace(var.ssh_public_key))
  }
}

resource "aws_instance" "app" {
  for_each = local.instances

  ami                    = data.aws_ami.debian.id
  instance_type          = var.instances_type
  key_name               = aws_key_pair.this.key_name
  iam_instance_profile   = aws_iam_instance_profile.instance.name
  subnet_id              = aws_subnet.public[each.value].id
  vpc_security_group_ids = [aws_security_group.app.id]
  tags                   = { Component = "instances", Name = each.key }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type           = "gp3"
    volume_size           = var.instances_disk_size
    encrypted             = true
    delete_on_termination = true
    tags                  = { Component = "instances", Name = each.key }
  }

  lifecycle {
    # A newer image is for new hosts: it replaces none that serves.
    ignore_changes = [ami]
  }
}
