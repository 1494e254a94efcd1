"""Work that waits, recurs or comes in many: queues, searches, pools, pipelines, retraining."""
