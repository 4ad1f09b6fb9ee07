"""Who works: processes of this machine or of a cluster, each of which may die alone."""
