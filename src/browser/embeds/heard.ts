/**
 * Reads messages, which may have any shape: only own values, and never a getter.
 */

/** Longer texts are no message that we know. */
const TEXT_MAX = 100_000;

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** An object's own value, down a path of keys; `undefined` if any part is missing, inherited or a getter. */
export const own = (value: unknown, ...keys: readonly string[]): unknown =>
  keys.reduce<unknown>(
    (one, key) => (isObject(one) ? Object.getOwnPropertyDescriptor(one, key)?.value : undefined),
    value,
  );

/** A non-empty text, or `undefined`. */
export const textIn = (value: unknown, ...keys: readonly string[]): string | undefined => {
  const text = own(value, ...keys);
  return typeof text === 'string' && text ? text : undefined;
};

/** A message that may be an object, or the same as JSON, which is parsed if this word is in it. Throws on malformed JSON. */
export const unpack = (data: unknown, word: string): unknown =>
  typeof data === 'string' && data.length < TEXT_MAX && data.includes(word) ? JSON.parse(data) : data;

/** A property's name without HubSpot's prefix, such as `0-1/`. */
export const bareName = (name: unknown): string => `${name}`.replace(/^\d+-\d+\//, '');

/** `[{ name, value }]`, or an object of values, as an object of values by their bare names. */
export function valuesIn(given: unknown): Record<string, unknown> {
  const pairs = Array.isArray(given)
    ? given.map((one: unknown) => [own(one, 'name'), own(one, 'value')])
    : isObject(given)
      ? Object.keys(given).map((name) => [name, own(given, name)])
      : [];
  return Object.fromEntries(pairs.map(([name, value]) => [bareName(name), value]));
}

/** A person by what HubSpot and Marketo call it, in any case, under the words of the option `include`. */
export function personIn(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const lower = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toLowerCase(), value]));
  return { name: [lower['firstname'], lower['lastname']].filter(Boolean).join(' '), ...lower, ...values };
}

/** What makes a booking without an id unique: who, and when. */
export const keyOf = (email: string | undefined, start: unknown): string | null =>
  email && start ? `${email.toLowerCase()} ${start}` : null;

/** Calls a method of somebody else's object; `undefined` if it has none. Throws what the method throws. */
export function ask(target: unknown, method: string, ...args: readonly unknown[]): unknown {
  const found: unknown = target ? Reflect.get(Object(target), method) : undefined;
  return typeof found === 'function' ? Reflect.apply(found, target, args) : undefined;
}
