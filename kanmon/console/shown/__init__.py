"""What the pages show: plain values, made by ``read`` and laid out by the templates. One file a subject; no Django."""
