"""Parts that pages, answers and the API share: store, parameters, names, links, cursors, hidden secrets."""
