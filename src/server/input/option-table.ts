/**
 * Tables of options, used by every function that takes some: name, default, a description of valid values, and parser.
 */
import { checkNames, readFields } from './fields.js';
import { createMistake, type Place } from './mistake.js';

/** Returns the option's value, or `undefined` if it is invalid. */
type Parse<T> = (value: unknown) => T | undefined;

/** One row of a table. */
export interface Option<T> {
  /** The rest of the sentence "must be …". */
  readonly expected: string;
  readonly parse: Parse<T>;
  /** The default for an omitted option; `null` if the option is required. */
  readonly fallback: { readonly value: T } | null;
  /** Whether the value must never be printed. */
  readonly isSecret: boolean;
}

type Table = Readonly<Record<string, Option<unknown>>>;

/** The parsed options of a table. */
export type Values<T extends Table> = { readonly [K in keyof T]: T[K] extends Option<infer V> ? V : never };

/** A required option. */
/* @__NO_SIDE_EFFECTS__ */
export const required = <T>(expected: string, parse: Parse<T>): Option<T> => ({
  expected,
  parse,
  fallback: null,
  isSecret: false,
});

/** An optional option. */
/* @__NO_SIDE_EFFECTS__ */
export const optional = <T, F>(fallback: F, expected: string, parse: Parse<T>): Option<T | F> => ({
  expected,
  parse,
  fallback: { value: fallback },
  isSecret: false,
});

/** The same option, never printed. */
/* @__NO_SIDE_EFFECTS__ */
export const secret = <T>(option: Option<T>): Option<T> => ({ ...option, isSecret: true });

/** Parses one of the site's functions. Its parameters and result are left to the type checker. */
/* @__NO_SIDE_EFFECTS__ */
export const parseFunction =
  <F extends (...values: never[]) => unknown>(): Parse<F> =>
  (value) =>
    isFunction<F>(value) ? value : undefined;

const isFunction = <F extends (...values: never[]) => unknown>(value: unknown): value is F =>
  typeof value === 'function';

/** Parses a number in a range, both ends included. */
/* @__NO_SIDE_EFFECTS__ */
export const parseNumber =
  (min: number, max: number): Parse<number> =>
  (value) =>
    typeof value === 'number' && value >= min && value <= max ? value : undefined;

/** Parses an integer in a range, both ends included. */
/* @__NO_SIDE_EFFECTS__ */
export const parseWhole =
  (min: number, max: number): Parse<number> =>
  (value) =>
    Number.isSafeInteger(value) ? parseNumber(min, max)(value) : undefined;

/** Parses a finite number above 0. */
export const parsePositive: Parse<number> = parseNumber(Number.MIN_VALUE, Number.MAX_VALUE);

/** Parses `true` or `false`. */
export const parseBoolean: Parse<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);

/** Parses one of a few words. */
/* @__NO_SIDE_EFFECTS__ */
export const parseWord =
  <W extends string>(...words: readonly W[]): Parse<W> =>
  (value) =>
    words.find((word) => word === value);

/** Parses a string that matches a pattern. */
/* @__NO_SIDE_EFFECTS__ */
export const parseText =
  (shape: RegExp): Parse<string> =>
  (value) =>
    typeof value === 'string' && shape.test(value) ? value : undefined;

/** Parses whatever a type guard accepts, unchanged. */
/* @__NO_SIDE_EFFECTS__ */
export const parseAs =
  <T>(isRight: (value: unknown) => value is T): Parse<T> =>
  (value) =>
    isRight(value) ? value : undefined;

function readOption<T>(given: unknown, place: Place, { expected, parse, fallback, isSecret }: Option<T>): T {
  if (given === undefined && fallback) return fallback.value;
  const value = given === undefined ? undefined : parse(given);
  if (value === undefined) throw createMistake({ ...place, isPublic: !isSecret }, expected, given);
  return value;
}

/**
 * Parses options by their table. An unknown option is a mistake too.
 *
 * @param caller - The function that was given them, for the error message.
 * @throws {TypeError} Names the first invalid option: what was expected, and what was given.
 */
export function readOptions<T extends Table>(caller: string, given: unknown, table: T): Values<T> {
  const fields = readFields(given, { caller, path: 'options' });
  checkNames(caller, fields, Object.keys(table), 'option');
  const values = Object.entries(table).map(([path, option]) => [
    path,
    readOption(fields[path], { caller, path }, option),
  ]);
  return Object.fromEntries(values) as Values<T>; // each value is its own row's, which `fromEntries` cannot express
}
