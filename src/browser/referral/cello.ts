/**
 * Cello's own script, asked for its code. It may be there, come later, hang, or never come.
 * https://docs.cello.so/sdk/client-side/attribution-js-usage
 */

/** An entry of Cello's documented queue. */
interface Command {
  readonly command: 'getUcc';
  readonly args: readonly never[];
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

declare global {
  interface Window {
    CelloAttribution?: unknown;
    CelloAttributionCmd?: unknown;
  }
}

export interface CelloScript {
  /** Asks, or asks again where Cello's script has come since. Never throws. */
  readonly ask: () => void;
  /** Makes the next `ask` a new question. */
  readonly reset: () => void;
}

/**
 * Never defines `window.CelloAttribution`: sites test for it to see whether Cello is loaded.
 *
 * @param hear - Called with whatever Cello answers, `null` where it refuses; later, or never.
 */
export function createCelloScript(hear: (answer: unknown) => void, view: Window = window): CelloScript {
  let asked: unknown;
  let hasAnswer = false;
  const answer = (value: unknown) => {
    hasAnswer = true;
    hear(value);
  };
  const refuse = () => answer(null);
  const call = (attribution: (command: string) => unknown) => {
    try {
      Promise.resolve(attribution('getUcc')).then(answer, refuse);
    } catch {
      refuse(); // a stub or a blocker's replacement that throws
    }
  };
  const queue = () => {
    if (asked) return;
    const command: Command = { command: 'getUcc', args: [], resolve: answer, reject: refuse };
    asked = command;
    try {
      if (!Array.isArray(view.CelloAttributionCmd)) view.CelloAttributionCmd = [];
      if (Array.isArray(view.CelloAttributionCmd)) view.CelloAttributionCmd.push(command);
    } catch {
      // TypeError: a queue that is frozen. Cello's script may still come, and is called then.
    }
  };
  return {
    ask() {
      const attribution: unknown = view.CelloAttribution;
      // A link's `id` can stand under this name too, so that being there is not enough.
      if (typeof attribution !== 'function') return queue();
      if (hasAnswer || asked === attribution) return;
      asked = attribution;
      call((command) => attribution.call(view, command));
    },
    reset() {
      asked = undefined;
      hasAnswer = false;
    },
  };
}
