"""How people come in, besides by a password: how often they may try, and by what they are told apart meanwhile."""
