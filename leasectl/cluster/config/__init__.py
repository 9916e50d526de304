"""What is configured: kubeconfig files, flags and a pod's own cluster, merged as kubectl merges them."""
