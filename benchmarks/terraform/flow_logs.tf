resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  max_aggregation_interval = 600
  log_destination_type     = "s3"
  log_destination          = "${aws_s3_bucket.access_logs.arn}/flow-logs"
  tags                     = { Name = local.prefix, Component = "flow_logs" }

  destination_options {
    file_format                = "plain-text"
    hive_compatible_partitions = false
    per_hour_partition         = false
  }

  depends_on = [aws_s3_bucket_policy.access_logs]
}
