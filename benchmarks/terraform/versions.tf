terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

# The endpoint, if it is not AWS's own, and the credentials come from the environment: AWS_ENDPOINT_URL.
provider "aws" {
  region              = var.region
  allowed_account_ids = [var.account_id]

  # The emulator is no EC2 instance and resolves no bucket as a host name. The check of the credentials would be one more call of
  # the kind that allowed_account_ids makes anyway.
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  s3_use_path_style           = true

  default_tags {
    tags = local.tags
  }
}
