/**
 * The one global: `CelloCompanion('getUcc')`, before and after we loaded.
 */

import { type Companion, METHODS } from './api.js';
import { PREFIX } from './page/index.js';

/** A call waiting in the stub's queue: its arguments, and the resolve and reject of its promise. */
type Call = readonly [readonly unknown[], (value: unknown) => void, (reason: unknown) => void];

/** The global: one function for every command, with the running companion as a property. */
export interface GlobalFunction {
  (command: string, ...args: readonly unknown[]): Promise<unknown>;
  readonly companion: Companion;
}

declare global {
  interface Window {
    /** Ours while a companion is running; before that, the stub of docs/script-tag.md, or nothing. */
    CelloCompanion?: unknown;
  }
}

const isCompanion = (value: unknown): value is Companion =>
  typeof value === 'object' && value !== null && METHODS.every((method) => method in value);
const isCall = (value: unknown): value is Call =>
  Array.isArray(value) && typeof value[1] === 'function' && typeof value[2] === 'function';

/** The companion running on this page, whichever door started it; `null` if there is none. */
export function findRunning(view: Window = window): Companion | null {
  const companion: unknown =
    typeof view.CelloCompanion === 'function' ? Reflect.get(view.CelloCompanion, 'companion') : null;
  return isCompanion(companion) ? companion : null;
}

const createGlobal = (companion: Companion): GlobalFunction =>
  Object.assign(
    async (command: string, ...args: readonly unknown[]): Promise<unknown> => {
      const method = METHODS.find((one) => one === command);
      if (!method) throw new TypeError(`${PREFIX} no command "${command}". The commands are ${METHODS.join(', ')}`);
      return Reflect.apply(companion[method], companion, args);
    },
    { companion },
  );

/** The global once we own it. */
export interface Claim {
  /** Runs the calls that were queued earlier, in order. */
  readonly answer: () => void;
  /** Restores the stub, or frees the name again. */
  readonly release: () => void;
}

/** Makes a companion the page's only one. */
export function claimGlobal(companion: Companion, view: Window = window): Claim {
  const before: unknown = view.CelloCompanion;
  const ours = createGlobal(companion);
  view.CelloCompanion = ours;
  return {
    answer() {
      const waiting: unknown = typeof before === 'function' ? Reflect.get(before, 'q') : null;
      for (const call of Array.isArray(waiting) ? waiting.splice(0) : [])
        if (isCall(call)) Reflect.apply(ours, undefined, [...call[0]]).then(call[1], call[2]);
    },
    release() {
      if (view.CelloCompanion !== ours) return;
      if (typeof before === 'function') view.CelloCompanion = before;
      else Reflect.deleteProperty(view, 'CelloCompanion');
    },
  };
}
