"""Runs MusicGen for several pieces at a time. This package needs PyTorch and transformers, and does not use HTTP."""
