locals {
  image_actions = [
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:DescribeImages",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
  ]
}

resource "aws_ecr_repository" "this" {
  for_each = var.services

  name                 = "${local.prefix}-${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = !var.protected
  tags                 = { Component = "registry" }

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name

  policy = jsonencode({
    rules = [
      {
        rulePriority = 1
        description  = "Untagged images go after 7 days"
        selection    = { tagStatus = "untagged", countType = "sinceImagePushed", countUnit = "days", countNumber = 7 }
        action       = { type = "expire" }
      },
      # An image falls under one rule only, so migration images do not use up the places of the images that serve.
      {
        rulePriority = 2
        description  = "The last 10 migration images stay"
        selection    = { tagStatus = "tagged", tagPatternList = ["*-migrate"], countType = "imageCountMoreThan", countNumber = 10 }
        action       = { type = "expire" }
      },
      {
        rulePriority = 3
        description  = "The last 10 tagged images stay"
        selection    = { tagStatus = "tagged", tagPatternList = ["*"], countType = "imageCountMoreThan", countNumber = 10 }
        action       = { type = "expire" }
      },
    ]
  })
}

resource "aws_ecr_repository_policy" "this" {
  for_each = aws_ecr_repository.this

  repository = each.value.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "PipelinePushesAndPulls"
      Effect    = "Allow"
      Principal = { AWS = [aws_iam_role.ci.arn] }
      Action    = local.image_actions
    }]
  })
}
