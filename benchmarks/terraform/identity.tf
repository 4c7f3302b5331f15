locals {
  identity_tags   = { Component = "identity" }
  identity_arn    = "${var.region}:${var.account_id}"
  oidc_host       = "token.actions.githubusercontent.com"
  repository_arns = [for name in keys(var.services) : "arn:aws:ecr:${local.identity_arn}:repository/${local.prefix}-${name}"]
}

resource "aws_iam_policy" "instance" {
  name        = "${local.prefix}-instance"
  description = "What an app host may do"
  tags        = local.identity_tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LogInToTheRegistry"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid      = "PullItsImages"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = local.repository_arns
      },
      {
        Sid      = "ReadItsSecrets"
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = "arn:aws:secretsmanager:${local.identity_arn}:secret:${local.secret_prefix}/*"
      },
      {
        Sid       = "DecryptItsSecrets"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = aws_kms_key.this.arn
        Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
      },
      {
        Sid      = "WriteItsLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
        Resource = "arn:aws:logs:${local.identity_arn}:log-group:${local.log_group_prefix}/*"
      },
      {
        Sid       = "WriteItsMetrics"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = "${var.project}/${var.environment}" } }
      },
      {
        Sid      = "TellsSessionManagerOfItself"
        Effect   = "Allow"
        Action   = "ssm:UpdateInstanceInformation"
        Resource = "arn:aws:ec2:${local.identity_arn}:instance/*"
      },
      {
        Sid    = "ReachableThroughSessionManager"
        Effect = "Allow"
        Action = [
          "ssmmessages:CreateControlChannel",
          "ssmmessages:CreateDataChannel",
          "ssmmessages:OpenControlChannel",
          "ssmmessages:OpenDataChannel",
        ]
        Resource = "*"
      },
    ]
  })
}

resource "aws_iam_role" "instance" {
  name        = "${local.prefix}-instance"
  description = "App hosts of ${var.project} ${var.environment}"
  tags        = local.identity_tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ec2.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "instance" {
  role       = aws_iam_role.instance.name
  policy_arn = aws_iam_policy.instance.arn
}

resource "aws_iam_instance_profile" "instance" {
  name = aws_iam_role.instance.name
  role = aws_iam_role.instance.name
  tags = local.identity_tags
}

resource "aws_iam_openid_connect_provider" "ci" {
  url            = "https://${local.oidc_host}"
  client_id_list = ["sts.amazonaws.com"]
  tags           = local.identity_tags
}

resource "aws_iam_policy" "ci" {
  name        = "${local.prefix}-ci"
  description = "What the pipeline may do"
  tags        = local.identity_tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "LogInToTheRegistry"
        Effect   = "Allow"
        Action   = "ecr:GetAuthorizationToken"
        Resource = "*"
      },
      {
        Sid      = "PushAndPullImages"
        Effect   = "Allow"
        Action   = local.image_actions
        Resource = local.repository_arns
      },
      {
        Sid      = "ReadWhatScansFound"
        Effect   = "Allow"
        Action   = ["ecr:DescribeImageScanFindings", "ecr:DescribeRepositories"]
        Resource = local.repository_arns
      },
      {
        Sid      = "FindTheHosts"
        Effect   = "Allow"
        Action   = "ec2:DescribeInstances"
        Resource = "*"
      },
      {
        Sid      = "KeepReleaseRecords"
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:PutObject"]
        Resource = "arn:aws:s3:::${local.state_bucket}/*"
      },
      {
        Sid      = "ListReleaseRecords"
        Effect   = "Allow"
        Action   = "s3:ListBucket"
        Resource = "arn:aws:s3:::${local.state_bucket}"
      },
      {
        Sid    = "HoldTheLock"
        Effect = "Allow"
        Action = [
          "dynamodb:DescribeTable",
          "dynamodb:GetItem",
          "dynamodb:ListTagsOfResource",
          "dynamodb:PutItem",
          "dynamodb:UpdateItem",
        ]
        Resource = "arn:aws:dynamodb:${local.identity_arn}:table/${local.prefix}-lock"
      },
      {
        Sid      = "LookAtTheBalancer"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth"]
        Resource = "*"
      },
      {
        Sid      = "TakeHostsOutOfTheBalancer"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
        Resource = [for name in keys(var.services) : "arn:aws:elasticloadbalancing:${local.identity_arn}:targetgroup/${local.prefix}-${name}/*"]
      },
      {
        Sid      = "WatchAlarms"
        Effect   = "Allow"
        Action   = "cloudwatch:DescribeAlarms"
        Resource = "arn:aws:cloudwatch:${local.identity_arn}:alarm:*"
      },
      {
        Sid    = "TakeASnapshotBeforeMigrations"
        Effect = "Allow"
        Action = [
          "rds:AddTagsToResource",
          "rds:CreateDBSnapshot",
          "rds:DescribeDBSnapshots",
          "rds:ListTagsForResource",
        ]
        Resource = [
          "arn:aws:rds:${local.identity_arn}:db:${local.prefix}-database*",
          "arn:aws:rds:${local.identity_arn}:snapshot:${local.prefix}-before-*",
        ]
      },
      {
        Sid      = "TellTheTopic"
        Effect   = "Allow"
        Action   = "sns:Publish"
        Resource = [local.topic_arn]
      },
      {
        Sid       = "EncryptWhatItTells"
        Effect    = "Allow"
        Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource  = aws_kms_key.this.arn
        Condition = { StringEquals = { "kms:ViaService" = "sns.${var.region}.amazonaws.com" } }
      },
      {
        Sid       = "MarkDeploysOnTheDashboard"
        Effect    = "Allow"
        Action    = "cloudwatch:PutMetricData"
        Resource  = "*"
        Condition = { StringEquals = { "cloudwatch:namespace" = "${var.project}/${var.environment}" } }
      },
    ]
  })
}

resource "aws_iam_role" "ci" {
  name                 = "${local.prefix}-ci"
  description          = "Pipeline of ${var.project} ${var.environment}"
  max_session_duration = 3600
  tags                 = local.identity_tags

  # Subjects of repositories created or renamed since 2026-07 carry ids (owner@id/name@id): both forms are accepted.
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = aws_iam_openid_connect_provider.ci.arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.oidc_host}:aud"           = "sts.amazonaws.com"
          "${local.oidc_host}:environment"   = var.environment
          "${local.oidc_host}:repository_id" = var.ci_repository_id
        }
        StringLike = {
          "${local.oidc_host}:sub" = [
            "repo:${var.ci_repository}:environment:${var.environment}",
            "repo:${replace(var.ci_repository, "/", "@*/")}@*:environment:${var.environment}",
          ]
        }
      }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "ci" {
  role       = aws_iam_role.ci.name
  policy_arn = aws_iam_policy.ci.arn
}
