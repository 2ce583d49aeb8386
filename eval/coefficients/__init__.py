"""Agreement of passes from columns: coefficients over units and tokens, documents, pairs and single passes."""
