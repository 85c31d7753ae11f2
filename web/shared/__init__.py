"""Parts that pages, answers and the API share: store, parameters of addresses, names, links, cursors, hidden secrets."""
