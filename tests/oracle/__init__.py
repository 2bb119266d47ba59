"""What the tracker must compute, once more: slow, plain, and sharing no code with it."""
