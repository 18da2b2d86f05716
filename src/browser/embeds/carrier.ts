/**
 * Puts the code into what carries it: a query, a fragment, an address. Never over a value of the site's own.
 */
/** What is put, and where. */
export interface Put {
  /** The carrier as it is spelled where it is put. */
  readonly carrier: string;
  readonly ucc: string;
  /** Whether a value is a code of ours, from before: that one may be replaced. */
  readonly isOurs: (value: string) => boolean;
}

/** An address, or another text that carries the code, after we had a hand in it. */
export interface Carried {
  readonly text: string;
  /** Why the code is not in: the site uses the carrier itself. */
  readonly reason?: string | undefined;
}

/** Whether a carrier with this value is free: empty, or ours. */
export const isFree = (value: unknown, { ucc, isOurs }: Put): boolean =>
  (value ?? '') === '' || value === ucc || (typeof value === 'string' && isOurs(value));

/** Why the code is not in a carrier that is not free. */
export const sayTaken = ({ carrier }: Put): string => `the site uses ${carrier} itself`;

/** Puts the code into `a=b&c=d`, and leaves every other part as it is written. */
export function carryInList(list: string, put: Put): Carried {
  const values = new URLSearchParams(list).getAll(put.carrier);
  if (!values.every((value) => isFree(value, put))) return { text: list, reason: sayTaken(put) };
  if (values.length === 1 && values[0] === put.ucc) return { text: list };
  const others = list.split('&').filter((part) => part && !new URLSearchParams(part).has(put.carrier));
  return { text: [...others, `${encodeURIComponent(put.carrier)}=${encodeURIComponent(put.ucc)}`].join('&') };
}

/** White space at its end is no part of an address. */
const ADDRESS = /^([^?#]*?)(?:\?([^#]*?))?(#.*?)?\s*$/s;

/** Puts the code into the query of an address, which may be relative. */
export function carryInQuery(address: string, put: Put): Carried {
  const [, path = '', query = '', fragment = ''] = ADDRESS.exec(address) ?? [];
  const { text, reason } = carryInList(query, put);
  return { text: text === query ? address : `${path}?${text}${fragment}`, reason };
}

/** Puts the code into the fragment of an address. */
export function carryInFragment(address: string, put: Put): Carried {
  const [path = '', fragment = ''] = address.trimEnd().split(/#(.*)/s);
  const { text, reason } = carryInList(fragment, put);
  return { text: text === fragment ? address : `${path}#${text}`, reason };
}
