"""Lets calls to the file system fail under the product, each in turn."""
