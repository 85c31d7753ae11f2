"""Parts of the operations of the API: answers with ETags and problems, lists of rows, models from columns."""
