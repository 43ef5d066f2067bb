"""The front desk: who comes, whether they may, and whether what they bring is fit to be recorded."""
