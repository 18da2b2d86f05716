// The referral link that the walk begins with. Cello's own sample code, and a name as Cello writes it into a link: base64
// without padding.
export const LINK = {
  ucc: 'pNRB1aYqArN',
  productId: 'lintel.example',
  referrer: 'Maya Okafor',
  celloN: 'TWF5YSBPa2Fmb3I',
};

/** Its path and query. */
export const LINK_PATH = `/?${new URLSearchParams({ ucc: LINK.ucc, productId: LINK.productId, celloN: LINK.celloN })}`;
