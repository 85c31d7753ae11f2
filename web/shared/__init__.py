"""What pages, answers and the API share: the store, parameters of addresses, names, links, cursors, hidden secrets."""
