/** Typeform: widget, popup, slider, sidetab, popover. https://www.typeform.com/developers/embed */

import { type Carried, carryInFragment, isFree, type Put, sayTaken } from './carrier.js';
import { own, textIn } from './heard.js';
import type { Vendor } from './vendor.js';

/** Puts the code into `ucc=…,k=v`, in which a comma of a value is written `\,`. */
function carryInHidden(list: string, put: Put): Carried {
  const parts = (list.match(/(\\.|[^,\\])+/g) ?? []).filter((part) => part.trim());
  const nameOf = (part: string) => part.split('=')[0]?.trim();
  const mine = parts.filter((part) => nameOf(part) === put.carrier);
  const values = mine.map((part) => part.slice(part.indexOf('=') + 1).replaceAll('\\,', ','));
  if (!values.every((value) => isFree(value, put))) return { text: list, reason: sayTaken(put) };
  if (values.length === 1 && values[0] === put.ucc) return { text: list };
  const others = parts.filter((part) => nameOf(part) !== put.carrier);
  return { text: [...others, `${put.carrier}=${put.ucc.replaceAll(',', '\\,')}`].join(',') };
}

export const TYPEFORM: Vendor = {
  word: 'typeform',
  origins: /^https:\/\/([\w-]+\.)?typeform\.(com|eu)$/,
  frames: 'iframe[src*="typeform-embed"]',
  sources: [
    {
      selector: '[data-tf-widget],[data-tf-popup],[data-tf-slider],[data-tf-sidetab],[data-tf-popover]',
      attribute: 'data-tf-hidden',
      carry: carryInHidden,
    },
  ],
  carry: carryInFragment,
  hear: (data) => (own(data, 'type') === 'form-submit' ? { ref: textIn(data, 'responseId') } : null),
};
