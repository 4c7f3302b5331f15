environment = "qa"
hostname    = "qa.milky-way.test"
protected   = false

network_cidr         = "10.20.0.0/16"
network_nat_per_zone = false

instances_count     = 1
instances_type      = "t3.small"
instances_disk_size = 20

database_instance_class   = "db.t3.micro"
database_storage          = 20
database_multi_az         = false
database_backup_retention = 7

cache_node_type          = "cache.t3.micro"
cache_replicas           = 0
cache_snapshot_retention = 1

logs_retention = 30

cost_budget = 150
