"""Payment companies (支付企业): raw payment data of announcement 179, and agencies' customs declarations."""
