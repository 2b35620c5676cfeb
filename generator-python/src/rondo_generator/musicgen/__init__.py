"""MusicGen for many listeners at a time. This package needs PyTorch and transformers, and knows nothing of HTTP."""
