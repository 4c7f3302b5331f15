"""The emulated AWS control plane: moto in this process, mended where AWS differs."""
