"""The facts that a doctor asks a cluster and a kubeconfig for; nothing is written."""
