"""What is true of each contract; how it is checked is the harness's business."""
