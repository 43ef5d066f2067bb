"""What Severnbrook sends out, and what each agency does with it."""
