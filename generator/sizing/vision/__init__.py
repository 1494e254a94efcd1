"""Vision networks layer by layer: parameters, feature maps and the memory to train them."""
