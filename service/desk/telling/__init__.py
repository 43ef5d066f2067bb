"""Telling people by mail that there is something for them: how a mail is sent, and which notices are told of."""
