locals {
  network_tags = { Component = "network" }

  # The private subnets begin in the middle of the network, so that zones can be added without moving a subnet.
  public_subnets = {
    for index, letter in var.network_zone_letters : letter => cidrsubnet(var.network_cidr, 8, index)
  }
  private_subnets = {
    for index, letter in var.network_zone_letters : letter => cidrsubnet(var.network_cidr, 8, 128 + index)
  }

  nats = toset(var.network_nat_per_zone ? var.network_zone_letters : slice(var.network_zone_letters, 0, 1))

  # A private table for each NAT gateway: its name's end, and the gateway.
  private_tables = var.network_nat_per_zone ? {
    for letter in var.network_zone_letters : "private-${letter}" => letter
  } : { private = var.network_zone_letters[0] }
}

resource "aws_vpc" "this" {
  cidr_block           = var.network_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = merge(local.network_tags, { Name = local.prefix })
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = merge(local.network_tags, { Name = local.prefix })
}

resource "aws_subnet" "public" {
  for_each = local.public_subnets

  vpc_id                  = aws_vpc.this.id
  availability_zone       = "${var.region}${each.key}"
  cidr_block              = each.value
  map_public_ip_on_launch = true
  tags                    = merge(local.network_tags, { Name = "${local.prefix}-public-${each.key}" })
}

resource "aws_subnet" "private" {
  for_each = local.private_subnets

  vpc_id            = aws_vpc.this.id
  availability_zone = "${var.region}${each.key}"
  cidr_block        = each.value
  tags              = merge(local.network_tags, { Name = "${local.prefix}-private-${each.key}" })
}

resource "aws_eip" "nat" {
  for_each = local.nats

  domain = "vpc"
  tags   = merge(local.network_tags, { Name = "${local.prefix}-nat-${each.key}" })
}

resource "aws_nat_gateway" "this" {
  for_each = local.nats

  allocation_id = aws_eip.nat[each.key].id
  subnet_id     = aws_subnet.public[each.key].id
  tags          = merge(local.network_tags, { Name = "${local.prefix}-nat-${each.key}" })

  depends_on = [aws_internet_gateway.this]
}

# Routes inside the table: a route that somebody else added is found, as Groundwork finds it.
resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id
  tags   = merge(local.network_tags, { Name = "${local.prefix}-public" })

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }
}

resource "aws_route_table" "private" {
  for_each = local.private_tables

  vpc_id = aws_vpc.this.id
  tags   = merge(local.network_tags, { Name = "${local.prefix}-${each.key}" })

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this[each.value].id
  }
}

resource "aws_route_table_association" "public" {
  for_each = aws_subnet.public

  subnet_id      = each.value.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private[var.network_nat_per_zone ? "private-${each.key}" : "private"].id
}
