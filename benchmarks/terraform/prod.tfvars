environment = "prod"
hostname    = "milky-way.test"
protected   = true

network_cidr         = "10.30.0.0/16"
network_nat_per_zone = true

instances_count     = 2
instances_type      = "t3.medium"
instances_disk_size = 40

database_instance_class   = "db.t3.small"
database_storage          = 50
database_multi_az         = true
database_backup_retention = 30

cache_node_type          = "cache.t3.small"
cache_replicas           = 1
cache_snapshot_retention = 7

logs_retention = 90

cost_budget = 500
